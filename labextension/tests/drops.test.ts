// What is dragged onto a part of a view: what is taken, and when it is shown.
import { MimeData } from '@lumino/coreutils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { acceptDrops, type Takers } from '../src/components/drops';

let area: HTMLElement;
let outer: ReturnType<typeof vi.fn>;
const takers = {
  over: vi.fn<Takers['over']>(),
  files: vi.fn<Takers['files']>(),
  contents: vi.fn<Takers['contents']>()
};

beforeEach(() => {
  vi.clearAllMocks();
  outer = vi.fn();
  document.body.innerHTML = '<div><p>a part</p></div>';
  document.body.addEventListener('drop', outer, { once: true });
  area = document.querySelector('div')!;
});
afterEach(() => document.body.removeEventListener('drop', outer));

/** An event of a drag; whether it was taken. */
function drag(type: string, more: object, on: Element = area): boolean {
  return sent(type, more, on).defaultPrevented;
}

function sent<T extends object>(type: string, more: T, on: Element = area): Event & T {
  const event = Object.assign(new Event(type, { bubbles: true, cancelable: true }), more);
  on.dispatchEvent(event);
  return event;
}

const carrying = (...files: File[]) => ({
  dataTransfer: { types: ['Files'], items: [], files, dropEffect: 'none' }
});
const fromBrowser = (...paths: string[]) => {
  const mimeData = new MimeData();
  mimeData.setData('application/x-jupyter-icontents', paths);
  return { mimeData, proposedAction: 'copy', dropAction: 'none' };
};

describe('drops', () => {
  it('of the computer give files, and go no further', async () => {
    const accepted = acceptDrops(area, takers);
    const file = new File(['x'], 'model.onnx');
    const carried = carrying(file);
    expect(drag('dragenter', carried)).toBe(true);
    expect(drag('dragover', carried)).toBe(true);
    expect(carried.dataTransfer.dropEffect).toBe('copy');
    expect(takers.over).toHaveBeenLastCalledWith(true);
    drag('drop', carried, area.querySelector('p')!);
    expect(takers.over).toHaveBeenLastCalledWith(false);
    expect((await takers.files.mock.calls[0][0]).found).toEqual([{ file, path: 'model.onnx' }]);
    expect(outer).not.toHaveBeenCalled();

    accepted.dispose();
    expect(drag('dragover', carried)).toBe(false);
  });

  it('of the file browser give paths', () => {
    acceptDrops(area, takers);
    const carried = fromBrowser('models/a.onnx', 'b');
    expect(sent('lm-dragenter', carried).dropAction).toBe('copy');
    drag('lm-drop', carried);
    expect(takers.contents).toHaveBeenCalledWith(['models/a.onnx', 'b']);
    expect(takers.over.mock.calls.map(([over]) => over)).toEqual([true, false]);
  });

  it('are still over the area while they move to a part of it', () => {
    acceptDrops(area, takers);
    drag('dragleave', { ...carrying(), relatedTarget: area.querySelector('p') });
    expect(takers.over).toHaveBeenLastCalledWith(true);
    drag('lm-dragleave', { ...fromBrowser('a'), relatedTarget: document.body });
    expect(takers.over).toHaveBeenLastCalledWith(false);
    drag('dragleave', { ...carrying(), relatedTarget: null }); // out of the window
    expect(takers.over).toHaveBeenLastCalledWith(false);
  });

  it('of anything else are left to others', () => {
    acceptDrops(area, takers);
    expect(drag('dragover', { dataTransfer: { types: ['text/plain'] } })).toBe(false);
    expect(drag('lm-dragover', { mimeData: new MimeData() })).toBe(false);
    drag('drop', { dataTransfer: { types: ['text/plain'] } });
    expect(outer).toHaveBeenCalledOnce();
    expect(takers.over).not.toHaveBeenCalled();
  });
});
