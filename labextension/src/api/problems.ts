// What went wrong: the server's problem documents and a lost connection, as errors.
import { ServerConnection } from '@jupyterlab/services';

import type { Problem } from './types';

/** A request that the server refused, with what to do about it. */
export class ProblemError extends Error {
  constructor(problem: Problem) {
    super(problem.detail || problem.title);
    this.name = 'ProblemError';
    this.type = problem.type.replace('urn:jupyter-registry:', '');
    this.title = problem.title;
    this.status = problem.status;
    this.detail = problem.detail;
    this.advice = problem.advice ?? '';
    this.fields = problem.fields ?? {};
  }

  /** The class of the error, as `NotFound`. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly advice: string;
  /** Facts by name; of invalid input what is wrong, by field. */
  readonly fields: Record<string, unknown>;

  /** What is wrong with a field, as text to show beside it. */
  field(name: string): string | undefined {
    const said = this.fields[name];
    if (said === undefined || said === null) {
      return undefined;
    }
    return typeof said === 'string' ? said : JSON.stringify(said);
  }
}

/** The server did not answer. */
export class ConnectionLostError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ConnectionLostError';
  }
}

/** Whether a request was ended by whoever sent it, which is no failure. */
export function isAbort(error: unknown): boolean {
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  return name === 'AbortError';
}

/** The error that an answer's text stands for; what is no problem document becomes one. */
export function problemOf(status: number, reason: string, text: string): ProblemError {
  const parsed = parse(text);
  if (parsed && typeof parsed.title === 'string' && typeof parsed.type === 'string') {
    return new ProblemError({ ...(parsed as Problem), status });
  }
  const message = typeof parsed?.message === 'string' ? parsed.message : '';
  return new ProblemError({
    type: 'about:blank',
    title: reason || `HTTP ${status}`,
    status,
    detail: message || `HTTP ${status} ${reason}`.trim(),
    advice: '',
    fields: {}
  });
}

/** A failure to send as an error of ours; anything else as it is. */
export function connectionProblem(error: unknown): unknown {
  if (isAbort(error)) {
    return error;
  }
  if (error instanceof ServerConnection.NetworkError || error instanceof TypeError) {
    // makeRequest wraps what fetch throws, its aborts as well
    return /abort/i.test(error.message)
      ? new DOMException(error.message, 'AbortError')
      : new ConnectionLostError(error.message);
  }
  return error;
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return parsed !== null && typeof parsed === 'object'
      ? (parsed as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
