// After each test nothing of its views is left.
import { cleanup } from '@testing-library/react';
import { afterEach } from 'vitest';

afterEach(cleanup);

// jsdom has no drag events; Lumino's widgets build on them when they are imported
globalThis.DragEvent ??= class extends MouseEvent {} as typeof DragEvent;
