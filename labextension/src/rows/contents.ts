// A look into a file of Jupyter's contents, without reading more of it than is needed.
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

/** Bytes of a text that are read: more than is looked at, so that it is known to go on. */
const START_BYTES = 70_000;

/** A file of Jupyter's contents, as one of the computer's. */
export async function contentsFile(
  settings: ServerConnection.ISettings,
  path: string
): Promise<File> {
  const content = await (await ask(settings, path)).blob();
  return new File([content], path.slice(path.lastIndexOf('/') + 1), { type: content.type });
}

/** The beginning of a CSV file; of others, whose columns are named at their end, all. */
export async function contentsStart(
  settings: ServerConnection.ISettings,
  path: string,
  signal: AbortSignal
): Promise<Blob> {
  const stop = new AbortController();
  const end = () => stop.abort();
  signal.addEventListener('abort', end);
  try {
    const response = await ask(settings, path, stop.signal);
    if (!response.body || !/\.csv$/i.test(path)) {
      return await response.blob();
    }
    const reader = response.body.getReader();
    const parts: BlobPart[] = [];
    for (let length = 0; length < START_BYTES; ) {
      const { done, value } = await reader.read();
      if (done) {
        return new Blob(parts);
      }
      parts.push(value);
      length += value.length;
    }
    end();
    return new Blob(parts);
  } finally {
    signal.removeEventListener('abort', end);
  }
}

async function ask(
  settings: ServerConnection.ISettings,
  path: string,
  signal?: AbortSignal
): Promise<Response> {
  const parts = path.replace(/^[^/:]+:/, '').split('/'); // without the drive
  const address = URLExt.join(settings.baseUrl, 'files', ...parts.map(encodeURIComponent));
  const init: RequestInit = signal ? { signal } : {};
  const response = await ServerConnection.makeRequest(address, init, settings);
  if (!response.ok) {
    throw new Error(`${path}: HTTP ${response.status} ${response.statusText}`.trim());
  }
  return response;
}
