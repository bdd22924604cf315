// Dragging: a row onto a notebook as code, files of the file browser onto the sidebar.
import { MimeData } from '@lumino/coreutils';
import { DisposableDelegate, type IDisposable } from '@lumino/disposable';
import { Drag } from '@lumino/dragdrop';

import { cellOf } from '../commands/code';

/** What notebooks take as cells. */
const CELLS = 'application/vnd.jupyter.cells';
/** What the file browser gives: paths in Jupyter's contents. */
const CONTENTS = 'application/x-jupyter-icontents';
/** Pixels that the mouse moves before it is a drag. */
const THRESHOLD = 5;

/** The mouse is down on something that can be dragged onto a notebook as a cell of code. */
export function dragCode(event: React.MouseEvent, label: string, code: string): void {
  if (event.button !== 0) {
    return;
  }
  const { clientX, clientY } = event;
  const move = (moved: MouseEvent) => {
    if (Math.hypot(moved.clientX - clientX, moved.clientY - clientY) < THRESHOLD) {
      return;
    }
    stop();
    const mimeData = new MimeData();
    mimeData.setData(CELLS, [cellOf(code)]);
    mimeData.setData('text/plain', code);
    const dragImage = document.createElement('div');
    dragImage.className = 'jp-Registry-dragImage';
    dragImage.textContent = label;
    const drag = new Drag({
      mimeData,
      dragImage,
      proposedAction: 'copy',
      supportedActions: 'copy-move'
    });
    void drag.start(moved.clientX, moved.clientY).then(() => drag.dispose());
  };
  const stop = () => {
    document.removeEventListener('mousemove', move, true);
    document.removeEventListener('mouseup', stop, true);
  };
  document.addEventListener('mousemove', move, true);
  document.addEventListener('mouseup', stop, true);
}

/** Take files of the file browser that are dropped onto an element. */
export function acceptFiles(element: HTMLElement, take: (paths: string[]) => void): IDisposable {
  const paths = (event: Drag.Event) => event.mimeData.getData(CONTENTS) as string[] | undefined;
  const shown = (over: boolean) => element.classList.toggle('jp-mod-drop', over);
  const listener = (raw: Event) => {
    const event = raw as unknown as Drag.Event;
    const dragged = paths(event);
    if (!dragged?.length) {
      return;
    }
    if (raw.type === 'lm-dragleave') {
      const to = event.relatedTarget as Node | null;
      shown(!!to && element.contains(to));
      return;
    }
    raw.preventDefault();
    raw.stopPropagation();
    event.dropAction = event.proposedAction;
    shown(raw.type !== 'lm-drop');
    if (raw.type === 'lm-drop') {
      take([...dragged]);
    }
  };
  TYPES.forEach(type => element.addEventListener(type, listener));
  return new DisposableDelegate(() =>
    TYPES.forEach(type => element.removeEventListener(type, listener))
  );
}

const TYPES = ['lm-dragenter', 'lm-dragover', 'lm-dragleave', 'lm-drop'] as const;
