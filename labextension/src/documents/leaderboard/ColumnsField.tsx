// Some of a file's columns: added one by one, taken away by their buttons.
import type React from 'react';

import { useTrans } from '../../components/context';
import { Chip } from '../package/Chip';
import { ColumnField } from './ColumnField';

export function ColumnsField(props: {
  label: string;
  help?: string;
  error?: string;
  /** Those that can be added. */
  columns: readonly string[];
  value: readonly string[];
  choose: (names: string[]) => void;
}): React.ReactElement {
  const trans = useTrans();
  const { label, help, error, columns, value, choose } = props;
  return (
    <>
      <ColumnField
        {...{ label, help, error }}
        columns={columns.filter(name => !value.includes(name))}
        value=""
        choose={name => name && choose([...value, name])}
      />
      {value.length > 0 && (
        <ul className="jp-Registry-chips" aria-label={label}>
          {value.map(name => (
            <Chip
              key={name}
              text={name}
              remove={() => choose(value.filter(one => one !== name))}
              removeLabel={trans.__('Take away %1', name)}
            />
          ))}
        </ul>
      )}
    </>
  );
}
