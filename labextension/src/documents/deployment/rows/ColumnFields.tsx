// Fields in which columns of a file are chosen.
import type React from 'react';

import { useTrans } from '../../../components/context';
import { Choice } from '../../../components/Choice';
import { useId } from '../../../react';

export function ColumnChoice(props: {
  label: string;
  help?: string;
  error?: string;
  required?: boolean;
  columns: readonly string[];
  /** What no column means; without it one has to be chosen. */
  none?: string;
  value: string;
  choose: (column: string) => void;
}): React.ReactElement {
  const trans = useTrans();
  const { columns, none, value, ...rest } = props;
  const shown = columns.includes(value) ? value : '';
  return (
    <Choice
      {...rest}
      value={shown}
      options={[
        ['', none ?? trans.__('Choose …')],
        ...columns.map(column => [column, column] as const)
      ]}
    />
  );
}

/** Any number of columns. */
export function ColumnChecks(props: {
  label: string;
  help: string;
  columns: readonly string[];
  value: readonly string[];
  choose: (columns: string[]) => void;
}): React.ReactElement | null {
  const id = useId();
  const { label, help, columns, value, choose } = props;
  if (!columns.length) {
    return null;
  }
  return (
    <fieldset className="jp-Registry-checks" aria-describedby={`${id}-help`}>
      <legend>{label}</legend>
      <div>
        {columns.map(column => (
          <label key={column}>
            <input
              type="checkbox"
              checked={value.includes(column)}
              onChange={event =>
                choose(
                  columns.filter(one =>
                    one === column ? event.target.checked : value.includes(one)
                  )
                )
              }
            />{' '}
            {column}
          </label>
        ))}
      </div>
      <p id={`${id}-help`} className="jp-Registry-fieldHelp">
        {help}
      </p>
    </fieldset>
  );
}
