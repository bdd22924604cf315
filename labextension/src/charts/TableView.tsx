// The numbers of a chart, for those who read rather than look.
import type React from 'react';

import { useTrans } from '../components/context';
import { RowsTable } from '../components/RowsTable';
import { count, measure } from '../format/numbers';
import type { Cell, Table } from './table';

/** Rows that are shown at most; a file has all. */
const MOST = 200;

export function TableView(props: { label: string; table: Table }): React.ReactElement {
  const trans = useTrans();
  const { columns, rows } = props.table;
  const numbers = columns
    .map((_, place) => place)
    .filter(place => rows.some(row => typeof row[place] === 'number'));
  return (
    <>
      <RowsTable
        label={props.label}
        columns={columns}
        rows={rows.slice(0, MOST).map(row => row.map(inWords))}
        numbers={numbers}
      />
      {rows.length > MOST && (
        <p className="jp-Registry-muted">
          {trans.__('The first %1 of %2 rows; the CSV file has all.', MOST, count(rows.length))}
        </p>
      )}
    </>
  );
}

function inWords(cell: Cell): string {
  if (cell === null) {
    return '–';
  }
  if (typeof cell === 'string') {
    return cell;
  }
  return Number.isInteger(cell) ? count(cell) : measure(cell);
}
