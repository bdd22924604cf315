// A signature as text: a line for each column, `name: type`, with `?` where it may be missing.
import type { Column } from '../package/shape';

export const DTYPES = ['integer', 'number', 'boolean', 'string', 'datetime'];

export interface ReadSignature {
  columns: Column[];
  /** The first line that is not understood, from 1. */
  wrongLine?: number;
  /** The first column that is there twice. */
  twice?: string;
}

export function readSignature(text: string): ReadSignature {
  const columns: Column[] = [];
  const names = new Set<string>();
  for (const [at, line] of text.split('\n').entries()) {
    if (!line.trim()) {
      continue;
    }
    // a column's name may have colons
    const colon = line.lastIndexOf(':');
    const name = line.slice(0, Math.max(colon, 0)).trim();
    const said = line.slice(colon + 1).trim();
    const dtype = said.replace(/\?$/, '');
    if (!name || !DTYPES.includes(dtype)) {
      return { columns, wrongLine: at + 1 };
    }
    if (names.has(name)) {
      return { columns, twice: name };
    }
    names.add(name);
    columns.push({ name, dtype, nullable: said.endsWith('?') });
  }
  return { columns };
}
