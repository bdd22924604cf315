// The fields of the register form: what is predicted, what goes in, what it is called.
import type React from 'react';

import type { TargetType } from '../../api/types';
import { Choice } from '../../components/Choice';
import { useTrans } from '../../components/context';
import { Field, FieldError } from '../../components/Field';
import { KernelspecChoice } from '../../components/KernelspecChoice';
import { useId } from '../../react';
import { targetTypeName } from '../words';
import { asksFor, type FieldName, positiveOf, readClasses } from './draft';
import type { Registration } from './registration';
import { DTYPES } from './signatureText';

const TARGET_TYPES: readonly TargetType[] = [
  'binary',
  'multiclass',
  'regression',
  'anomaly',
  'unstructured'
];

export function FormFields(props: {
  registration: Registration;
  /** What is wrong, by field. */
  said: Record<string, string | undefined>;
}): React.ReactElement {
  const { registration, said } = props;
  const { fields, kind, inspection } = registration;
  const trans = useTrans();
  const id = useId();
  const columns = inspection?.columns ?? [];
  const missing = inspection?.missing ?? {};
  const asked = (name: FieldName) => asksFor(name, kind, fields);
  const input = (name: FieldName) => ({
    type: 'text',
    value: fields[name],
    onChange: (event: React.ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) =>
      registration.set({ [name]: event.target.value })
  });
  const area = (name: FieldName) => {
    const { value, onChange } = input(name);
    return { value, onChange };
  };
  const ofData = columns.length > 0 ? { list: `${id}-columns` } : {};
  const labels = readClasses(fields.classes);
  return (
    <div className="jp-Registry-fields">
      <datalist id={`${id}-columns`}>
        {columns.map(column => (
          <option key={column} value={column} />
        ))}
      </datalist>
      <Field
        label={trans.__('Name')}
        required
        error={said.name}
        help={trans.__('A name that is there already gets a new version.')}
      >
        {wiring => <input {...wiring} {...input('name')} />}
      </Field>
      {asked('location') && (
        <Field
          label={trans.__('Hosted at')}
          error={said.location}
          help={trans.__('Where the model runs, as its address.')}
        >
          {wiring => <input {...wiring} {...input('location')} />}
        </Field>
      )}
      {asked('environment') && (
        <Field
          label={trans.__('Built with')}
          error={said.environment}
          help={trans.__('What built it, such as R 4.4 or another platform.')}
        >
          {wiring => <input {...wiring} {...input('environment')} />}
        </Field>
      )}
      {asked('kernelspec') && (
        <KernelspecChoice
          help={trans.__('The kernel in whose environment the model is looked at.')}
          error={said.kernelspec}
          value={fields.kernelspec}
          choose={kernelspec => registration.set({ kernelspec })}
        />
      )}
      {asked('own') && (
        <OwnCode
          checked={fields.own !== ''}
          error={said.own}
          check={checked => registration.set({ own: checked ? 'yes' : '' })}
        />
      )}
      {asked('target') && (
        <Field
          label={trans.__('Target')}
          required={fields.targetType !== 'anomaly'}
          error={said.target}
          help={
            (!fields.target && missing.target_name) ||
            (fields.targetType === 'anomaly'
              ? trans.__('The column that says what was an anomaly, if there is one.')
              : trans.__('The name of what is predicted.'))
          }
        >
          {wiring => <input {...wiring} {...input('target')} {...ofData} />}
        </Field>
      )}
      <Choice
        label={trans.__('Target type')}
        required
        error={said.targetType}
        help={(!fields.targetType && missing.target_type) || undefined}
        value={fields.targetType}
        options={[
          ['', trans.__('Told by the model or the data')],
          ...TARGET_TYPES.map(type => [type, targetTypeName(type, trans)] as const)
        ]}
        choose={targetType => registration.set({ targetType })}
      />
      {asked('classes') && (
        <Field
          label={trans.__('Classes')}
          error={said.classes}
          help={
            (!fields.classes && missing.class_labels) ||
            trans.__('In the order of the model’s probabilities, with commas between.')
          }
        >
          {wiring =>
            fields.classes.includes('\n') ? (
              <textarea {...wiring} {...area('classes')} rows={Math.min(labels.length + 1, 8)} />
            ) : (
              <input {...wiring} {...input('classes')} />
            )
          }
        </Field>
      )}
      {asked('positive') && labels.length === 2 && (
        <Choice
          label={trans.__('Positive class')}
          error={said.positive}
          help={trans.__('The class whose probability is predicted.')}
          value={positiveOf(fields) ?? ''}
          options={labels.map(label => [label, label] as const)}
          choose={positive => registration.set({ positive })}
        />
      )}
      {asked('threshold') && (
        <Field
          label={trans.__('Threshold')}
          error={said.threshold}
          help={trans.__(
            'The least probability that predicts the positive class; 0.5 unless given.'
          )}
        >
          {wiring => <input {...wiring} {...input('threshold')} inputMode="decimal" />}
        </Field>
      )}
      {asked('predictions') && registration.sending.paths('holdout').length > 0 && (
        <Field
          label={trans.__('Predictions')}
          error={said.predictions}
          help={trans.__('The holdout’s column with the model’s predictions: metrics come of it.')}
        >
          {wiring => <input {...wiring} {...input('predictions')} {...ofData} />}
        </Field>
      )}
      {asked('signature') && (
        <Field
          label={trans.__('Signature')}
          error={said.signature}
          help={
            (!fields.signature && missing.signature) ||
            trans.__(
              'A line for each column that goes in, as “age: integer”. Types: %1; “?” after it if it may be missing.',
              DTYPES.join(', ')
            )
          }
        >
          {wiring => (
            <textarea
              {...wiring}
              {...area('signature')}
              className="jp-mod-code"
              rows={Math.min(Math.max(fields.signature.split('\n').length, 2), 10)}
            />
          )}
        </Field>
      )}
      <Field label={trans.__('Description')} error={said.description}>
        {wiring => <textarea {...wiring} {...area('description')} rows={2} />}
      </Field>
      <Field
        label={trans.__('Tags')}
        error={said.tags}
        help={trans.__('A line for each: “key” or “key: value”.')}
      >
        {wiring => <textarea {...wiring} {...area('tags')} rows={2} />}
      </Field>
      <Field
        label={trans.__('Aliases')}
        error={said.aliases}
        help={trans.__('With commas between. An alias of another version will name this one.')}
      >
        {wiring => <input {...wiring} {...input('aliases')} />}
      </Field>
    </div>
  );
}

/** Whose the code in the model's pickles is: of another's it is not loaded. */
function OwnCode(props: {
  checked: boolean;
  error?: string;
  check: (checked: boolean) => void;
}): React.ReactElement {
  const { checked, error, check } = props;
  const trans = useTrans();
  const id = useId();
  return (
    <div className="jp-Registry-field">
      <label className="jp-Registry-check">
        <input
          type="checkbox"
          checked={checked}
          aria-describedby={`${id}-help`}
          onChange={event => check(event.target.checked)}
        />
        {trans.__('The code in its pickles is my own (own_code)')}
      </label>
      <p id={`${id}-help`} className="jp-Registry-fieldHelp">
        {trans.__(
          'Needed of a model that was pickled with classes of a notebook, or of modules of yours; without it such files are refused. What runs commands is refused all the same.'
        )}
      </p>
      <FieldError>{error}</FieldError>
    </div>
  );
}
