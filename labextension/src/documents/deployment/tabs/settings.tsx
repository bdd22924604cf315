// A deployment's settings: what is typed stays until it is saved, or thrown away by its button.
import type React from 'react';

import { ProblemError } from '../../../api/problems';
import type { DeploymentPublic, Importance } from '../../../api/types';
import { Button, SubmitButton } from '../../../components/buttons';
import { Choice } from '../../../components/Choice';
import { useRegistry, useTrans } from '../../../components/context';
import { Facts } from '../../../components/Facts';
import { Field, FieldError } from '../../../components/Field';
import { useKept } from '../../../components/kept';
import { ProblemView } from '../../../components/ProblemView';
import { useAnswer } from '../../../components/useAnswer';
import { useState } from '../../../react';
import type { PanelTab } from '../../../tokens';
import { importanceName } from '../../words';
import { ColumnChecks } from '../rows/ColumnFields';
import {
  bodyOf,
  changed,
  conflicts,
  type Draft,
  faults,
  inForce,
  MOST_SEGMENTS,
  type Setting,
  type Settings,
  withDraft
} from '../settingsDraft';

export const settings: PanelTab<DeploymentPublic> = {
  id: 'settings',
  rank: 70,
  label: trans => trans.__('Settings'),
  component: SettingsForm
};

const IMPORTANCES: readonly Importance[] = ['low', 'moderate', 'high', 'critical'];

function SettingsForm(props: { entity: DeploymentPublic; reload: () => void }): React.ReactElement {
  const { entity, reload } = props;
  const trans = useTrans();
  const { api } = useRegistry();
  const [draft, setDraft] = useKept<Draft>('settings.draft', {}, true);
  const [error, setError] = useState<unknown>();
  const [state, setState] = useState<'' | 'saving' | 'saved'>('');
  const champion = useAnswer(signal => api.package(entity.package_id, signal), [entity.package_id]);

  const now = inForce(entity);
  const typed = withDraft(now, draft);
  const wrong = faults(typed, trans);
  const overtaken = conflicts(now, draft);
  const dirty = Object.keys(draft).length > 0;

  const set = <S extends Setting>(name: S, value: Settings[S]) => {
    setDraft(before => changed(before, now, name, value));
    setState('');
  };
  const fault = (name: Setting): string | undefined => {
    if (wrong[name]) {
      return wrong[name];
    }
    if (!(error instanceof ProblemError) || !(name in error.fields)) {
      return undefined;
    }
    return error.type === 'InvalidInput' ? error.field(name) : error.detail;
  };
  /** A field's help, and that it was changed elsewhere meanwhile. */
  const help = (name: Setting, text: string): string =>
    overtaken.includes(name)
      ? `${text} ${trans.__('Changed elsewhere meanwhile, to: %1.', String(now[name]) || trans.__('none'))}`
      : text;

  const save = async () => {
    if (state === 'saving' || !dirty || Object.keys(wrong).length) {
      return;
    }
    setState('saving');
    setError(undefined);
    try {
      await api.updateDeployment(entity.id, bodyOf(draft));
      setDraft({});
      setState('saved');
      reload();
    } catch (reason) {
      setError(reason);
      setState('');
    }
  };

  const text = (
    name: 'label' | 'association_id_column' | 'prediction_threshold' | 'predict_seconds'
  ) => ({
    type: 'text',
    value: typed[name],
    onChange: (event: React.ChangeEvent<HTMLInputElement>) => set(name, event.target.value)
  });
  return (
    <form
      className="jp-Registry-form"
      aria-label={trans.__('Settings of %1', entity.label)}
      noValidate
      onSubmit={event => {
        event.preventDefault();
        void save();
      }}
    >
      <Field
        label={trans.__('Label')}
        required
        help={help('label', trans.__('Unique among deployments.'))}
        error={fault('label')}
      >
        {input => <input {...input} {...text('label')} maxLength={200} />}
      </Field>
      <Field
        label={trans.__('Description')}
        help={help('description', '')}
        error={fault('description')}
      >
        {input => (
          <textarea
            {...input}
            rows={4}
            value={typed.description}
            onChange={event => set('description', event.target.value)}
          />
        )}
      </Field>
      <Choice
        label={trans.__('Importance')}
        help={help('importance', trans.__('How much depends on it.'))}
        error={fault('importance')}
        value={typed.importance}
        options={IMPORTANCES.map(one => [one, importanceName(one, trans)])}
        choose={importance => set('importance', importance)}
      />
      <Field
        label={trans.__('Association ID column')}
        help={help(
          'association_id_column',
          trans.__('The input column that ties a prediction to what later happened.')
        )}
        error={fault('association_id_column')}
      >
        {input => <input {...input} {...text('association_id_column')} />}
      </Field>
      <Check
        label={trans.__('Refuse predictions without an association ID')}
        checked={typed.association_id_required}
        error={fault('association_id_required')}
        set={checked => set('association_id_required', checked)}
      />
      {entity.target_type === 'binary' && (
        <Field
          label={trans.__('Prediction threshold')}
          help={help(
            'prediction_threshold',
            trans.__(
              'From this probability on it is %1; empty for the package’s own.',
              entity.positive_class ?? trans.__('the positive class')
            )
          )}
          error={fault('prediction_threshold')}
        >
          {input => <input {...input} {...text('prediction_threshold')} inputMode="decimal" />}
        </Field>
      )}
      {entity.kind !== 'external' && (
        <Field
          label={trans.__('Seconds for a call')}
          help={help(
            'predict_seconds',
            trans.__(
              'What the model may take before a request fails and its worker is ended; empty for what the server allows.'
            )
          )}
          error={fault('predict_seconds')}
        >
          {input => <input {...input} {...text('predict_seconds')} inputMode="decimal" />}
        </Field>
      )}
      <Segments
        entity={entity}
        known={(champion.data?.signature ?? []).map(column => String(column.name))}
        value={typed.segment_columns}
        help={help(
          'segment_columns',
          trans.__(
            'Accuracy is kept by the values of these columns too, from the next predictions on; at most %1.',
            MOST_SEGMENTS
          )
        )}
        error={fault('segment_columns')}
        choose={columns => set('segment_columns', columns)}
      />
      <Check
        label={trans.__('Keep the inputs of each prediction')}
        checked={typed.store_features}
        error={fault('store_features')}
        set={checked => set('store_features', checked)}
      />
      {entity.kernelspec && <Facts facts={[[trans.__('Runs in the kernel'), entity.kernelspec]]} />}
      {error !== undefined && <ProblemView error={error} dismiss={() => setError(undefined)} />}
      <p className="jp-Registry-buttons jp-mod-sticky">
        <SubmitButton
          aria-busy={state === 'saving'}
          aria-disabled={!dirty || Object.keys(wrong).length > 0}
        >
          {trans.__('Save')}
        </SubmitButton>
        <Button
          aria-disabled={!dirty}
          onClick={() => {
            setDraft({});
            setError(undefined);
          }}
        >
          {trans.__('Throw changes away')}
        </Button>
        <span role="status" className="jp-Registry-muted">
          {state === 'saved' && trans.__('Saved.')}
          {state === '' && dirty && trans.__('Not saved yet.')}
        </span>
      </p>
    </form>
  );
}

function Check(props: {
  label: string;
  checked: boolean;
  error?: string;
  set: (checked: boolean) => void;
}): React.ReactElement {
  return (
    <div className="jp-Registry-check">
      <label>
        <input
          type="checkbox"
          checked={props.checked}
          onChange={event => props.set(event.target.checked)}
        />{' '}
        {props.label}
      </label>
      <FieldError>{props.error}</FieldError>
    </div>
  );
}

/** The champion's columns to choose from, and a way to name others that rows have. */
function Segments(props: {
  entity: DeploymentPublic;
  known: readonly string[];
  value: readonly string[];
  help: string;
  error?: string;
  choose: (columns: string[]) => void;
}): React.ReactElement {
  const trans = useTrans();
  const { entity, known, value, help, error, choose } = props;
  const [other, setOther] = useKept('settings.segment', '', true);
  const names = [...new Set([...known, ...(entity.segment_columns ?? []), ...value])];
  const add = () => {
    const name = other.trim();
    if (name) {
      choose(value.includes(name) ? [...value] : [...value, name]);
      setOther('');
    }
  };
  return (
    <div>
      <ColumnChecks
        label={trans.__('Segment columns')}
        help={help}
        columns={names}
        value={value}
        choose={choose}
      />
      <div className="jp-Registry-inline">
        <Field
          label={names.length ? trans.__('Another segment column') : trans.__('Segment column')}
          error={error}
        >
          {input => (
            <input
              {...input}
              type="text"
              value={other}
              onChange={event => setOther(event.target.value)}
              onKeyDown={event => {
                if (event.key === 'Enter') {
                  event.preventDefault();
                  add();
                }
              }}
            />
          )}
        </Field>
        <Button onClick={add}>{trans.__('Add')}</Button>
      </div>
    </div>
  );
}
