// One request to the registry: address, query, body, and what comes of a failure.
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import { connectionProblem, problemOf } from './problems';

/** Where the registry is below the server's base URL. */
const API = 'jupyter-registry/api/v1';

export type Part = string | number;
type Value = string | number | boolean | undefined | null;
/** The query's parameters; a list repeats its name. */
export type Query = Record<string, Value | readonly Value[]>;

export interface RequestOptions {
  query?: Query;
  /** Sent as JSON. */
  body?: unknown;
  signal?: AbortSignal;
  /** Whether it is sent to its end though the page is closed or loaded again meanwhile. */
  outlives?: boolean;
}

/** Characters of a body that browsers send after their page, in all its requests: 64 KiB. */
const OUTLIVING = 32_000;

/** The address of a part of the registry; each part of the path is encoded. */
export function address(
  settings: ServerConnection.ISettings,
  path: readonly Part[],
  query: Query = {}
): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null && one !== '') {
        parameters.append(name, String(one));
      }
    }
  }
  const asked = parameters.toString();
  const parts = path.map(part => encodeURIComponent(String(part)));
  return URLExt.join(settings.baseUrl, API, ...parts) + (asked ? `?${asked}` : '');
}

/** Send a request and give the answer's JSON, `undefined` for none; throws a `ProblemError`. */
export async function request<T>(
  settings: ServerConnection.ISettings,
  method: string,
  path: readonly Part[],
  options: RequestOptions = {}
): Promise<T> {
  const { query, body, signal } = options;
  // with Lab's own 'no-store' a parameter without a name would be added to the address
  const init: RequestInit = { method, cache: 'no-cache' };
  if (signal) {
    init.signal = signal;
  }
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.keepalive = !!options.outlives && init.body.length < OUTLIVING;
    init.headers = { 'Content-Type': 'application/json' };
  }
  let response: Response;
  let text: string;
  try {
    response = await ServerConnection.makeRequest(address(settings, path, query), init, settings);
    text = await response.text();
  } catch (error) {
    throw connectionProblem(error);
  }
  if (!response.ok) {
    throw problemOf(response.status, response.statusText, text);
  }
  return (text ? JSON.parse(text) : undefined) as T;
}
