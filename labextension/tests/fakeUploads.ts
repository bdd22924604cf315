// The server's uploads and inspections, as far as the register form goes.
import { vi } from 'vitest';

import type { RegistryClient } from '../src/api/client';
import { ProblemError } from '../src/api/problems';

export class FakeServer {
  uploads = new Map<string, Map<string, number>>();
  began = 0;
  /** What the next file meets. */
  fails: unknown[] = [];
  inspected: unknown[] = [];
  /** What has arrived of files that are not whole, and where their sending began. */
  arriving: Record<string, number> = {};
  offsets: (number | undefined)[] = [];
  /** What archives have in them. */
  archives: Record<string, string[]> = {};
  found: Record<string, unknown> = {};

  readonly api = {
    beginUpload: () => {
      const id = `u${++this.began}`;
      this.uploads.set(id, new Map());
      return Promise.resolve({ id });
    },
    upload: (id: string) => {
      const files = this.uploads.get(id);
      return files
        ? Promise.resolve({
            id,
            files: [...files].map(([path, size]) => ({ path, size })),
            arriving: this.arriving
          })
        : Promise.reject(gone());
    },
    uploadFile: (
      id: string,
      path: string,
      file: File,
      { signal, offset }: { signal?: AbortSignal; offset?: number }
    ) => {
      this.offsets.push(offset);
      const failure = this.fails.shift();
      if (failure === 'waits') {
        return new Promise((_, reject) =>
          signal!.addEventListener('abort', () => {
            this.uploads.delete(id);
            reject(new DOMException('Cancelled', 'AbortError'));
          })
        );
      }
      if (failure) {
        return Promise.reject(failure as Error);
      }
      this.uploads.get(id)!.set(path, file.size);
      return Promise.resolve({ path, size: file.size, sha256: '' });
    },
    takeApart: (id: string, path: string) => {
      const inside = this.archives[path];
      if (inside === undefined) {
        return Promise.reject(new ProblemError({ ...gone(), type: 'ArchiveRefused', status: 422 }));
      }
      this.uploads.get(id)!.delete(path);
      inside.forEach(file => this.uploads.get(id)!.set(file, 1));
      return Promise.resolve({ files: inside.map(path => ({ path, size: 1 })), left_out: {} });
    },
    takeContents: (id: string, { path, as }: { path: string; as?: string }) => {
      this.uploads.get(id)!.set(as ?? path, 3);
      return Promise.resolve({ files: [{ path: as ?? path, size: 3 }], left_out: {} });
    },
    deleteUpload: (id: string) => Promise.resolve(void this.uploads.delete(id)),
    deleteUploadFile: (id: string, path: string) =>
      Promise.resolve(void this.uploads.get(id)?.delete(path)),
    inspect: (_: string, body: unknown) => {
      this.inspected.push(body);
      return Promise.resolve({ state: 'running', created_at: '' });
    },
    inspection: () => Promise.resolve({ state: 'done', created_at: '', package: this.found }),
    cancelInspection: () => Promise.resolve(),
    register: vi.fn((body: object) => Promise.resolve({ id: 7, ...body }))
  } as unknown as RegistryClient;
}

export function gone(): ProblemError {
  return new ProblemError({
    type: 'urn:jupyter-registry:UploadNotFound',
    title: 'Upload not found',
    status: 404,
    detail: '',
    advice: '',
    fields: {}
  });
}

export const chosen = (...names: string[]) =>
  names.map(name => ({ file: new File([name], name), path: name }));
