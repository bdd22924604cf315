// Files and folders that are dragged onto a part of a view: of the computer, of Lab's file browser.
import { DisposableDelegate, type IDisposable } from '@lumino/disposable';
import type { Drag } from '@lumino/dragdrop';
import type { RefObject } from 'react';

import { useEffect, useRef } from '../react';
import { type Chosen, dropped } from './dropped';

/** What Lab's file browser carries: paths in Jupyter's contents. */
const CONTENTS_MIME = 'application/x-jupyter-icontents';
/** The system's drags, and Lumino's, which are events of their own. */
const EVENTS = ['enter', 'over', 'leave'].flatMap(kind => [`drag${kind}`, `lm-drag${kind}`]);
const DROPS = ['drop', 'lm-drop'];
const HELD_MS = 400;

export interface Takers {
  /** A drag came or went. */
  over: (over: boolean) => void;
  /** What is dropped of the computer; folders are still being read. */
  files: (chosen: Promise<Chosen>) => void;
  /** What is dropped of Lab's file browser. */
  contents: (paths: string[]) => void;
}

/** Take what is dropped onto an element. */
export function acceptDrops(element: HTMLElement, takers: Takers): IDisposable {
  const listener = (event: Event) => {
    if (!offer(event)) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    if (event.type.endsWith('leave')) {
      const to = (event as DragEvent).relatedTarget as Node | null;
      takers.over(element.contains(to)); // it may have gone to a part of the element
      return;
    }
    takers.over(!DROPS.includes(event.type));
    if (event.type === 'drop') {
      takers.files(dropped((event as DragEvent).dataTransfer!));
    } else if (event.type === 'lm-drop') {
      takers.contents([...contentsOf(event as Drag.Event)]);
    }
  };
  const all = [...EVENTS, ...DROPS];
  all.forEach(name => element.addEventListener(name, listener));
  return new DisposableDelegate(() =>
    all.forEach(name => element.removeEventListener(name, listener))
  );
}

/** The same for an element that React draws. */
export function useDrops(area: RefObject<HTMLElement>, takers: Takers): void {
  const latest = useRef(takers);
  latest.current = takers;
  useEffect(() => {
    const accepted = acceptDrops(area.current!, {
      over: over => latest.current.over(over),
      files: chosen => latest.current.files(chosen),
      contents: paths => latest.current.contents(paths)
    });
    return () => accepted.dispose();
  }, [area]);
}

/** Tell when such a drag is held over what the selector finds, such as a tab to be opened by it. */
export function onHeldOver(selector: string, held: () => void): void {
  let waiting: ReturnType<typeof setTimeout> | undefined;
  for (const name of ['dragenter', 'lm-dragenter']) {
    document.addEventListener(name, event => {
      const over = event.target as Element;
      if (over === document.body) {
        return; // told besides, where nothing under the pointer takes the drag
      }
      clearTimeout(waiting);
      if (over.closest?.(selector) && carries(event)) {
        waiting = setTimeout(held, HELD_MS);
      }
    });
  }
}

/** Whether a drag has what can be taken. */
function carries(event: Event): boolean {
  return event.type.startsWith('lm-')
    ? contentsOf(event as Drag.Event).length > 0
    : !!(event as DragEvent).dataTransfer?.types.includes('Files');
}

/** The same; if so it is said that it will be copied. */
function offer(event: Event): boolean {
  if (!carries(event)) {
    return false;
  }
  if (event.type.startsWith('lm-')) {
    const drag = event as Drag.Event;
    drag.dropAction = drag.proposedAction;
  } else {
    (event as DragEvent).dataTransfer!.dropEffect = 'copy';
  }
  return true;
}

function contentsOf(drag: Drag.Event): string[] {
  return (drag.mimeData.getData(CONTENTS_MIME) as string[] | undefined) ?? [];
}
