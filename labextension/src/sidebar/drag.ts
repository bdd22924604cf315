// Dragging a row onto a notebook as code.
import { MimeData } from '@lumino/coreutils';
import { Drag } from '@lumino/dragdrop';

import { cellOf } from '../commands/code';

/** What notebooks take as cells. */
const CELLS = 'application/vnd.jupyter.cells';
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
