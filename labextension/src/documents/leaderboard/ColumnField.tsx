// One of a file's columns: chosen where they are known, typed where they are not.
import type React from 'react';

import { Choice } from '../../components/Choice';
import { useTrans } from '../../components/context';
import { Field } from '../../components/Field';

export function ColumnField(props: {
  label: string;
  help?: string;
  required?: boolean;
  error?: string;
  columns: readonly string[];
  value: string;
  choose: (name: string) => void;
}): React.ReactElement {
  const trans = useTrans();
  const { columns, value, choose, ...field } = props;
  if (!columns.length) {
    return (
      <Field {...field}>
        {input => (
          <input
            {...input}
            type="text"
            value={value}
            onChange={event => choose(event.target.value)}
          />
        )}
      </Field>
    );
  }
  const missing = value && !columns.includes(value) ? [[value, value] as const] : [];
  return (
    <Choice
      {...field}
      value={value}
      options={[
        ['', trans.__('choose a column')],
        ...missing,
        ...columns.map(name => [name, name] as const)
      ]}
      choose={choose}
    />
  );
}
