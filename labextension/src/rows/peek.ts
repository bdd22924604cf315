// A look into a file of rows: format, columns, first rows. Never the whole of it in memory.
import { csvStart, RowScanner } from './csv';
import { type AskParquet, parquetStart } from './parquet';

export type RowsFormat = 'csv' | 'parquet' | 'arrow' | 'json';

/** What is known of a file of rows without having read it. */
export interface Peek {
  format: RowsFormat;
  /** Names in the file's order; empty where the browser cannot tell them. */
  columns: string[];
  /** The first rows as texts, in the order of `columns`; of CSV and Parquet. */
  rows: string[][];
  /** How many rows there are, where the file says it. */
  total?: number;
}

export const CONTENT_TYPES: Record<RowsFormat, string> = {
  csv: 'text/csv',
  parquet: 'application/vnd.apache.parquet',
  arrow: 'application/octet-stream', // the server tells streams from files
  json: 'application/json'
};

/** Bytes that are read of a CSV file for its first rows. */
const START_BYTES = 65_536;
export const SHOWN_ROWS = 10;

/** Look into a file; `ask` is of Parquet. Throws an `Error` that says what is wrong with it. */
export async function peek(file: Blob, ask: AskParquet): Promise<Peek> {
  if (!file.size) {
    throw new Error('The file is empty.');
  }
  const start = new Uint8Array(await file.slice(0, START_BYTES).arrayBuffer());
  const format = sniff(start);
  if (format === 'parquet') {
    const { columns, rows, first } = await parquetStart(ask, file);
    return { format, columns: columns!, rows: first!, total: rows ?? undefined };
  }
  if (format !== 'csv') {
    return { format, columns: [], rows: [] };
  }
  const whole = start.length === file.size;
  const found = csvStart(new TextDecoder().decode(start), SHOWN_ROWS, whole);
  if (!found.columns.length) {
    throw new Error('The file has no header row.');
  }
  return { format, ...found };
}

/** The number of rows of a CSV file, read piece by piece. */
export async function countRows(file: Blob): Promise<number> {
  const counter = new RowScanner();
  const reader = file.stream().getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      return counter.rows;
    }
    counter.add(value);
  }
}

function sniff(start: Uint8Array): RowsFormat {
  const begins = (text: string) => [...text].every((sign, at) => start[at] === sign.charCodeAt(0));
  if (begins('PAR1')) {
    return 'parquet';
  }
  if (begins('ARROW1') || begins('\xff\xff\xff\xff')) {
    return 'arrow';
  }
  const first = new TextDecoder().decode(start.subarray(0, 1024)).replace(/^\ufeff/, '');
  return /^\s*[[{]/.test(first) ? 'json' : 'csv';
}
