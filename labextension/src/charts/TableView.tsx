// The numbers of a chart, for those who read rather than look.
import React from 'react';

import { useTrans } from '../components/context';
import { count, measure } from '../format/numbers';
import type { Cell, Table } from './table';

/** Rows that are shown at most; a file has all. */
const MOST = 200;

export function TableView(props: { label: string; table: Table }): React.ReactElement {
  const trans = useTrans();
  const { columns, rows } = props.table;
  return (
    <div className="jp-Registry-tableScroll" tabIndex={0} role="region" aria-label={props.label}>
      <table className="jp-Registry-table">
        <thead>
          <tr>
            {columns.map(column => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, MOST).map((row, at) => (
            <tr key={at}>
              {row.map((cell, column) => (
                <td key={column} className={typeof cell === 'number' ? 'jp-mod-number' : undefined}>
                  {inWords(cell)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > MOST && (
        <p className="jp-Registry-muted">
          {trans.__('The first %1 of %2 rows; the CSV file has all.', MOST, count(rows.length))}
        </p>
      )}
    </div>
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
