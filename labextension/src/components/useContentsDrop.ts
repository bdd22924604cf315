// Files and folders that are dragged from Lab's file browser onto a part of a view.
import type { Drag } from '@lumino/dragdrop';
import { type RefObject, useEffect, useRef } from 'react';

/** What Lab's file browser carries: paths in Jupyter's contents. */
const CONTENTS_MIME = 'application/x-jupyter-icontents';

/** Lumino's drags are events of their own. */
const EVENTS = ['lm-dragenter', 'lm-dragover', 'lm-dragleave', 'lm-drop'];

/** Calls `over` as a drag comes and goes, and `take` with the paths that are dropped. */
export function useContentsDrop(
  area: RefObject<HTMLElement>,
  over: (over: boolean) => void,
  take: (paths: string[]) => void
): void {
  const latest = useRef({ over, take });
  latest.current = { over, take };
  useEffect(() => {
    const element = area.current!;
    const follow = (event: Event) => {
      const drag = event as Drag.Event;
      if (!drag.mimeData.hasData(CONTENTS_MIME)) {
        return;
      }
      drag.preventDefault();
      drag.stopPropagation();
      drag.dropAction = drag.proposedAction;
      latest.current.over(event.type === 'lm-dragenter' || event.type === 'lm-dragover');
      if (event.type === 'lm-drop') {
        latest.current.take(drag.mimeData.getData(CONTENTS_MIME) as string[]);
      }
    };
    EVENTS.forEach(name => element.addEventListener(name, follow));
    return () => EVENTS.forEach(name => element.removeEventListener(name, follow));
  }, [area]);
}
