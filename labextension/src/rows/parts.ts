// A file of rows as it is sent: whole or, a CSV that is larger than the server takes at once, in
// parts, one after the other; never all of it in memory.
import { ProblemError } from '../api/problems';
import { csvParts } from './csv';
import type { RowsFormat } from './peek';

/** Bytes of a part, where the server takes more: progress is seen, and cancel soon heeded. */
const PART_BYTES = 32 * 2 ** 20;

export interface Sending {
  signal: AbortSignal;
  onProgress: (sent: number, total: number) => void;
  /** Told how many rows the server has taken so far. */
  onTaken: (rows: number) => void;
}

/** Whether a file has to be sent in parts, and can be. */
export function inParts(file: Blob, format: RowsFormat, limit: number | undefined): boolean {
  return format === 'csv' && limit !== undefined && file.size > limit;
}

/**
 * Send a file by `send`, which is given what to send and the number of its first row; all answers
 * in their order. What goes wrong in a part says where that is.
 */
export async function sendRows<R>(
  file: File,
  format: RowsFormat,
  limit: number | undefined,
  sending: Sending,
  send: (
    content: Blob,
    options: Pick<Sending, 'signal' | 'onProgress'>,
    first: number
  ) => Promise<R>
): Promise<R[]> {
  const { signal, onProgress, onTaken } = sending;
  if (!inParts(file, format, limit)) {
    return [await send(file, { signal, onProgress }, 0)];
  }
  const answers: R[] = [];
  for await (const part of csvParts(file, Math.min(limit!, PART_BYTES))) {
    const moved = (sent: number) =>
      onProgress(Math.min(part.end, part.start + Math.max(0, sent - part.header)), file.size);
    try {
      answers.push(await send(part.content, { signal, onProgress: moved }, part.first));
    } catch (error) {
      throw error instanceof ProblemError && part.first ? shifted(error, part.first) : error;
    }
    onTaken(part.first + part.rows);
  }
  return answers;
}

/** The answers to parts as one: numbers are added, lists go on. */
export function summed<R extends object>(answers: readonly R[]): R {
  return answers.reduce((sum, answer) => {
    const both = { ...sum } as Record<string, unknown>;
    for (const [name, value] of Object.entries(answer)) {
      const before = both[name];
      if (typeof value === 'number' && typeof before === 'number') {
        both[name] = before + value;
      } else if (Array.isArray(value) && Array.isArray(before)) {
        both[name] = [...(before as unknown[]), ...(value as unknown[])];
      }
    }
    return both as R;
  });
}

/** A problem whose rows are counted from the beginning of the file. */
function shifted(error: ProblemError, first: number): ProblemError {
  const fields = { ...error.fields };
  if (typeof fields['row'] === 'number') {
    fields['row'] += first;
  }
  if (Array.isArray(fields['rejected'])) {
    fields['rejected'] = (fields['rejected'] as { row: number }[]).map(one => ({
      ...one,
      row: one.row + first
    }));
  }
  return new ProblemError({
    type: error.type,
    title: error.title,
    status: error.status,
    detail: `In the part that begins at row ${first}: ${error.detail}`,
    advice: error.advice,
    fields
  });
}
