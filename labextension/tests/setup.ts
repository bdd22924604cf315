// After each test nothing of its views is left; what jsdom lacks and Lab's libraries ask for is there.
import { cleanup } from '@testing-library/react';
import { afterEach } from 'vitest';

globalThis.DragEvent ??= class extends MouseEvent {} as typeof DragEvent;
window.matchMedia ??= query =>
  ({
    matches: false,
    media: query,
    addListener: () => undefined,
    addEventListener: () => undefined
  }) as unknown as MediaQueryList;
// jsdom's blobs are read by its FileReader alone
Blob.prototype.arrayBuffer ??= function (this: Blob) {
  return new Promise<ArrayBuffer>(resolve => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as ArrayBuffer);
    reader.readAsArrayBuffer(this);
  });
};

afterEach(cleanup);
