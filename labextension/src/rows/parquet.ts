// What a Parquet file says of itself: its columns, how many rows it has, and the first of them.
//
// The footer is read, and of the first row group the beginning of each column, never more. Of the
// library only the parts are taken that this needs.
import type { FileMetaData } from 'hyparquet';
import { readColumn } from 'hyparquet/src/column.js';
import { DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { parquetMetadataAsync, parquetSchema } from 'hyparquet/src/metadata.js';
import { getSchemaPath } from 'hyparquet/src/schema.js';

export interface ParquetStart {
  columns: string[];
  rows: number;
  /** The first rows as texts; `UNREAD` where a value cannot be told from the column's beginning. */
  first: string[][];
}

/** Stands for lists and structures, and for what is compressed in a way that is not read here. */
export const UNREAD = '…';

/** Bytes that are read of a column: its dictionary and a page, as writers make them, have room. */
const COLUMN_BYTES = 4 * 2 ** 20;
/** Bytes that are read of all columns; of those that come later no values are shown. */
const ALL_BYTES = 64 * 2 ** 20;

/** Look into a file. Throws when it is no Parquet file, or a damaged one. */
export async function parquetStart(file: Blob, most: number): Promise<ParquetStart> {
  const metadata = await footer(file);
  const columns = parquetSchema(metadata).children.map(child => child.element.name);
  const values = await firstValues(file, metadata, columns, most);
  const known = values.find(column => column !== undefined);
  return {
    columns,
    rows: Number(metadata.num_rows),
    first: (known ?? []).map((_, row) => values.map(column => column?.[row] ?? UNREAD))
  };
}

async function footer(file: Blob): Promise<FileMetaData> {
  const bytes = {
    byteLength: file.size,
    slice: (start: number, end?: number) => file.slice(start, end).arrayBuffer()
  };
  try {
    return await parquetMetadataAsync(bytes, { geoparquet: false });
  } catch (error) {
    if (error instanceof DOMException) {
      throw error; // the file cannot be read at all
    }
    throw new Error('The end of the file is not that of a Parquet file, or is damaged.');
  }
}

/** Of each column its first values, `undefined` where they cannot be read. */
async function firstValues(
  file: Blob,
  metadata: FileMetaData,
  columns: readonly string[],
  most: number
): Promise<(string[] | undefined)[]> {
  const group = metadata.row_groups.find(one => one.num_rows > 0);
  const groupRows = Math.min(Number(group?.num_rows ?? 0), most);
  const values = new Map<string, string[]>();
  let left = ALL_BYTES;
  for (const { meta_data: chunk } of group?.columns ?? []) {
    if (chunk?.path_in_schema.length === 1 && left > 0) {
      const start = Number(chunk.dictionary_page_offset ?? chunk.data_page_offset);
      const length = Math.min(Number(chunk.total_compressed_size), COLUMN_BYTES);
      left -= length;
      const bytes = await file.slice(start, start + length).arrayBuffer();
      const found = decoded(bytes, metadata, chunk, groupRows);
      if (found) {
        values.set(chunk.path_in_schema[0], found);
      }
    }
  }
  return columns.map(column => values.get(column));
}

function decoded(
  bytes: ArrayBuffer,
  metadata: FileMetaData,
  chunk: NonNullable<FileMetaData['row_groups'][number]['columns'][number]['meta_data']>,
  rows: number
): string[] | undefined {
  const pathInSchema = chunk.path_in_schema;
  const schemaPath = getSchemaPath(metadata.schema, pathInSchema);
  try {
    const { data } = readColumn(
      { view: new DataView(bytes), offset: 0 },
      { groupStart: 0, selectStart: 0, selectEnd: rows, groupRows: rows },
      {
        ...chunk,
        pathInSchema,
        schemaPath,
        element: schemaPath[schemaPath.length - 1].element,
        parsers: DEFAULT_PARSERS
      }
    );
    const values: string[] = [];
    for (const page of data) {
      for (let at = 0; at < page.length && values.length < rows; at++) {
        values.push(text(page[at]));
      }
    }
    return values.length === rows ? values : undefined;
  } catch {
    return undefined; // another compression, or the values begin later
  }
}

/** Lists and structures have no such values. */
function text(value: unknown): string {
  if (value instanceof Date) {
    return value.toISOString();
  }
  if (value instanceof Uint8Array) {
    return Array.from(value, byte => byte.toString(16).padStart(2, '0')).join('');
  }
  return value === null || value === undefined
    ? ''
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value as string | number | bigint | boolean);
}
