// A labelled choice of one of several values.
import type React from 'react';

import { Field } from './Field';

export function Choice<V extends string>(props: {
  label: string;
  help?: string;
  error?: string;
  required?: boolean;
  value: V;
  /** Values with what is shown of them. */
  options: readonly (readonly [V, string])[];
  choose: (value: V) => void;
}): React.ReactElement {
  const { label, help, error, required, value, options, choose } = props;
  return (
    <Field label={label} help={help} error={error} required={required}>
      {input => (
        <select {...input} value={value} onChange={event => choose(event.target.value as V)}>
          {options.map(([one, shown]) => (
            <option key={one} value={one}>
              {shown}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
