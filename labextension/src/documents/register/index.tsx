// The form that registers a package.
import React, { useState } from 'react';

import { ProblemError } from '../../api/problems';
import type { PackageCreate, TargetType } from '../../api/types';
import { useRegistry, useSurroundings, useTrans } from '../../components/context';
import { Field } from '../../components/Field';
import { ProblemView } from '../../components/ProblemView';
import type { RegisterArgs } from '../../tokens';
import { targetTypeName } from '../words';

/** What is typed; it is remembered, so that a reload of the page loses nothing. */
export type Draft = RegisterArgs & {
  target?: string;
  targetType?: TargetType;
  classes?: string;
  location?: string;
  description?: string;
};

const TARGET_TYPES: readonly TargetType[] = ['binary', 'multiclass', 'regression'];

export function RegisterPanel(props: { draft: Draft; done: () => void }): React.ReactElement {
  const trans = useTrans();
  const registry = useRegistry();
  const { remember } = useSurroundings();
  const [draft, setDraft] = useState<Draft>({ targetType: 'binary', ...props.draft });
  const [error, setError] = useState<unknown>();
  const [tried, setTried] = useState(false);
  const [sending, setSending] = useState(false);

  const set = (change: Partial<Draft>) => {
    const next = { ...draft, ...change };
    setDraft(next);
    remember?.(next);
  };
  const refused = (name: string) => (error instanceof ProblemError ? error.field(name) : undefined);
  const needed = (value: string | undefined) =>
    tried && !value?.trim() ? trans.__('This is needed.') : undefined;

  const submit = async () => {
    setTried(true);
    if (sending || !draft.name?.trim() || !draft.target?.trim()) {
      return;
    }
    setSending(true);
    setError(undefined);
    try {
      const made = await registry.api.register(bodyOf(draft));
      await registry.openPackage(made.id);
      props.done();
    } catch (reason) {
      setError(reason);
    } finally {
      setSending(false);
    }
  };
  const text = (name: 'name' | 'target' | 'classes' | 'location') => ({
    type: 'text',
    value: draft[name] ?? '',
    onChange: (event: React.ChangeEvent<HTMLInputElement>) => set({ [name]: event.target.value })
  });
  return (
    <form
      className="jp-Registry-form"
      noValidate
      onSubmit={event => {
        event.preventDefault();
        void submit();
      }}
    >
      <h1>{trans.__('Register an external model')}</h1>
      <Field
        label={trans.__('Name')}
        required
        error={refused('name') ?? needed(draft.name)}
        help={trans.__('A name that is there already gets a new version.')}
      >
        {input => <input {...input} {...text('name')} />}
      </Field>
      <Field
        label={trans.__('Target')}
        required
        error={refused('target_name') ?? needed(draft.target)}
        help={trans.__('The name of what is predicted.')}
      >
        {input => <input {...input} {...text('target')} />}
      </Field>
      <Field label={trans.__('Target type')} error={refused('target_type')}>
        {input => (
          <select
            {...input}
            value={draft.targetType}
            onChange={event => set({ targetType: event.target.value as TargetType })}
          >
            {TARGET_TYPES.map(type => (
              <option key={type} value={type}>
                {targetTypeName(type, trans)}
              </option>
            ))}
          </select>
        )}
      </Field>
      {draft.targetType !== 'regression' && (
        <Field
          label={trans.__('Classes')}
          error={refused('class_labels')}
          help={trans.__('With commas; of binary the positive one last.')}
        >
          {input => <input {...input} {...text('classes')} />}
        </Field>
      )}
      <Field
        label={trans.__('Hosted at')}
        error={refused('location')}
        help={trans.__('Where the model runs, as its address.')}
      >
        {input => <input {...input} {...text('location')} />}
      </Field>
      {error !== undefined && <ProblemView error={error} />}
      <p className="jp-Registry-buttons">
        <button type="submit" className="jp-Registry-button jp-mod-primary" aria-busy={sending}>
          {trans.__('Register')}
        </button>
      </p>
    </form>
  );
}

function bodyOf(draft: Draft): PackageCreate {
  const classes = (draft.classes ?? '')
    .split(',')
    .map(label => label.trim())
    .filter(Boolean);
  const binary = draft.targetType === 'binary';
  return {
    name: draft.name!.trim(),
    kind: 'external',
    target_name: draft.target!.trim(),
    target_type: draft.targetType ?? 'binary',
    ...(draft.targetType === 'regression' ? {} : { class_labels: classes }),
    ...(binary && classes.length ? { positive_class: classes[classes.length - 1] } : {}),
    ...(draft.location?.trim() ? { location: draft.location.trim() } : {}),
    ...(draft.description ? { description: draft.description } : {})
  };
}
