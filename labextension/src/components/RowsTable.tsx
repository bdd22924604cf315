// A few rows as a table that scrolls sideways by mouse and keyboard.
import type React from 'react';

export function RowsTable(props: {
  label: string;
  columns: readonly string[];
  rows: readonly (readonly React.ReactNode[])[];
  /** Places of the columns of numbers, which stand on the right. */
  numbers?: readonly number[];
}): React.ReactElement {
  const { label, columns, rows, numbers = [] } = props;
  const look = (place: number) => (numbers.includes(place) ? 'jp-mod-number' : undefined);
  return (
    <div className="jp-Registry-tableBox" role="region" aria-label={label} tabIndex={0}>
      <table className="jp-Registry-table">
        <thead>
          <tr>
            {columns.map((column, at) => (
              <th key={at} scope="col" className={look(at)}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={at}>
              {columns.map((_, place) => (
                <td key={place} className={look(place)}>
                  {row[place]}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Places of the columns that have nothing but numbers, and at least one, as data comes in a file. */
export function numberColumns(
  columns: readonly unknown[],
  rows: readonly (readonly string[])[]
): number[] {
  const places = columns.map((_, place) => place);
  return places.filter(place => {
    const said = rows.map(row => (row[place] ?? '').trim()).filter(Boolean);
    return said.length > 0 && said.every(text => NUMBER.test(text));
  });
}

const NUMBER = /^(?:[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|[-+]?inf(?:inity)?|nan)$/i;
