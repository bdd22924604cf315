// What chooses time, bucket and package of a deployment's numbers.
import type React from 'react';

import type { ServicePeriod } from '../../api/types';
import { useTrans } from '../../components/context';
import { Field } from '../../components/Field';
import {
  BUCKETS,
  bucketName,
  DAYS,
  daysName,
  packagesOf,
  rangeError,
  type Span
} from '../../monitoring/spans';

export function Picker(props: {
  label: string;
  value: string;
  /** Values with what is shown of them. */
  options: readonly (readonly [string, string])[];
  choose: (value: string) => void;
}): React.ReactElement {
  const { label, value, options, choose } = props;
  // what was chosen stays, even if it is not offered any more
  const all = options.some(([one]) => one === value)
    ? options
    : [...options, [value, value] as const];
  return (
    <Field label={label}>
      {input => (
        <select {...input} value={value} onChange={event => choose(event.target.value)}>
          {all.map(([one, name]) => (
            <option key={one} value={one}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

export function SpanPickers(props: {
  /** The label of the time, as `Predicted`. */
  time: string;
  span: Span;
  history: readonly ServicePeriod[];
  choose: (change: Partial<Span>) => void;
  /** What stands for no package; `all packages` unless given. */
  everyPackage?: string;
  children?: React.ReactNode;
}): React.ReactElement {
  const trans = useTrans();
  const { time, span, history, choose, everyPackage, children } = props;
  const error = rangeError(span, trans);
  return (
    <div className="jp-Registry-pickers" role="group" aria-label={trans.__('What is shown')}>
      {children}
      <Picker
        label={trans.__('By')}
        value={span.bucket}
        options={['', ...BUCKETS].map(bucket => [bucket, bucketName(bucket, trans)])}
        choose={bucket => choose({ bucket })}
      />
      <Picker
        label={time}
        value={span.days}
        options={DAYS.map(days => [days, daysName(days, trans)])}
        choose={days => choose({ days })}
      />
      {span.days === 'custom' && (
        <>
          <Moment
            label={trans.__('From (UTC)')}
            value={span.start}
            set={start => choose({ start })}
          />
          <Moment
            label={trans.__('To (UTC)')}
            value={span.end}
            error={error}
            set={end => choose({ end })}
          />
        </>
      )}
      <Picker
        label={trans.__('Package')}
        value={span.package}
        options={[
          ['', everyPackage ?? trans.__('all packages')],
          ...packagesOf(history).map(({ id, name }) => [String(id), name] as const)
        ]}
        choose={one => choose({ package: one })}
      />
    </div>
  );
}

function Moment(props: {
  label: string;
  value: string;
  error?: string;
  set: (value: string) => void;
}): React.ReactElement {
  return (
    <Field label={props.label} error={props.error}>
      {input => (
        <input
          {...input}
          type="datetime-local"
          value={props.value}
          onChange={event => props.set(event.target.value)}
        />
      )}
    </Field>
  );
}
