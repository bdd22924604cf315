// The numbers of a chart as a table, and as CSV.

export type Cell = string | number | null;

export interface Table {
  columns: readonly string[];
  /** A cell for each column. */
  rows: readonly (readonly Cell[])[];
}

/** As RFC 4180 has it: lines end with CR LF, a cell with a separator is quoted; none is empty. */
export function csv(table: Table): string {
  const lines = [table.columns, ...table.rows].map(row => row.map(csvCell).join(','));
  return lines.map(line => `${line}\r\n`).join('');
}

function csvCell(cell: Cell): string {
  const text = cell === null ? '' : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
