// Files sent as they are read from disk, with progress and cancel: `fetch` tells no progress.
import type { ServerConnection } from '@jupyterlab/services';

import { address, type Part, type Query } from './http';
import { ConnectionLostError, problemOf } from './problems';

export interface SendOptions {
  query?: Query;
  contentType?: string;
  /** The format of the answer; JSON unless given. */
  accept?: string;
  /** Bytes of it that have arrived before: sent from there on, and can be gone on with again. */
  offset?: number;
  /** Called with the bytes sent so far, and all that there are. */
  onProgress?: (sent: number, total: number) => void;
  /** Cancels. */
  signal?: AbortSignal;
}

/** Send a file, which the browser reads piece by piece; the answer as a blob. */
export function sendFile(
  settings: ServerConnection.ISettings,
  method: 'PUT' | 'POST',
  path: readonly Part[],
  file: Blob,
  options: SendOptions = {}
): Promise<Blob> {
  const { query, contentType, accept, offset, onProgress, signal } = options;
  return new Promise<Blob>((resolve, reject) => {
    const sender = new XMLHttpRequest();
    sender.open(method, address(settings, path, query));
    sender.withCredentials = settings.init.credentials === 'include';
    sender.responseType = 'blob';
    sender.setRequestHeader('Content-Type', contentType ?? 'application/octet-stream');
    sender.setRequestHeader('Accept', accept ?? 'application/json');
    if (settings.token) {
      sender.setRequestHeader('Authorization', `token ${settings.token}`);
    }
    if (offset !== undefined) {
      sender.setRequestHeader('Upload-Offset', String(offset));
    }
    const xsrf = cookie('_xsrf');
    if (xsrf !== undefined) {
      sender.setRequestHeader('X-XSRFToken', xsrf);
    }
    const cancel = () => sender.abort();
    const settled = () => signal?.removeEventListener('abort', cancel);
    if (onProgress) {
      sender.upload.onprogress = event => onProgress((offset ?? 0) + event.loaded, file.size);
    }
    sender.onload = () => {
      settled();
      const answer = sender.response as Blob;
      if (sender.status >= 200 && sender.status < 300) {
        resolve(answer);
      } else {
        void answer
          .text()
          .then(text => reject(problemOf(sender.status, sender.statusText, text)), reject);
      }
    };
    sender.onerror = () => {
      settled();
      reject(new ConnectionLostError('The connection broke while the file was sent.'));
    };
    sender.onabort = () => {
      settled();
      reject(new DOMException('Cancelled', 'AbortError'));
    };
    if (signal?.aborted) {
      reject(new DOMException('Cancelled', 'AbortError'));
      return;
    }
    signal?.addEventListener('abort', cancel);
    sender.send(offset ? file.slice(offset) : file);
  });
}

/** The same, of an answer in JSON. */
export async function sendFileForJson<T>(...parameters: Parameters<typeof sendFile>): Promise<T> {
  const answer = await sendFile(...parameters);
  return JSON.parse(await answer.text()) as T;
}

/** A cookie's value. */
export function cookie(name: string): string | undefined {
  for (const part of document.cookie.split('; ')) {
    const at = part.indexOf('=');
    if (part.slice(0, at) === name) {
      return part.slice(at + 1);
    }
  }
  return undefined;
}
