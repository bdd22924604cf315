// The dialog that makes a deployment, of a package or of a leaderboard's model.
import type React from 'react';

import { ProblemError } from '../../api/problems';
import type { Check as CheckFound, DeploymentPublic, Importance } from '../../api/types';
import { Button, SubmitButton } from '../../components/buttons';
import { Choice } from '../../components/Choice';
import { useRegistry, useTrans } from '../../components/context';
import { Field } from '../../components/Field';
import { KernelspecChoice } from '../../components/KernelspecChoice';
import { ModalFrame } from '../../components/modal';
import { ProblemView } from '../../components/ProblemView';
import { Spinner } from '../../components/Progress';
import { measure } from '../../format/numbers';
import { useEffect, useRef, useState } from '../../react';
import { Checks, verdict } from '../deployment/replace/Checks';
import { importanceName } from '../words';
import { BuildLog } from './BuildLog';
import {
  type Deployable,
  deploymentBody,
  type DeploymentSettings,
  type DeployDraft,
  deployProblems,
  emptyDeployment,
  runtimeOf
} from './deployment';
import { LibrariesChoice } from './LibrariesChoice';
import { columnsOf } from './shape';

const IMPORTANCES: readonly Importance[] = ['low', 'moderate', 'high', 'critical'];

/** The API's names of the fields. */
const FIELDS: Partial<Record<keyof DeployDraft, string>> = {
  association: 'association_id_column',
  threshold: 'prediction_threshold',
  segments: 'segment_columns'
};

/** What was typed into a dialog that was closed, by what is deployed. */
const left = new Map<string, DeployDraft>();

export function DeployDialog(props: {
  shown: Deployable;
  /** What is deployed, as people call it; one of a kind. */
  called: string;
  deploy: (settings: DeploymentSettings) => Promise<DeploymentPublic>;
  /** Of a hosted package: it is checked first, and the log of its environment is shown. */
  packageId?: number | undefined;
  close: () => void;
}): React.ReactElement {
  const { shown, called, close } = props;
  const registry = useRegistry();
  const trans = useTrans();
  const [draft, setDraft] = useState(() => left.get(called) ?? emptyDeployment(shown));
  const [typed, setTyped] = useState<ReadonlySet<string>>(new Set());
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const [checks, setChecks] = useState<readonly CheckFound[]>([]);
  // what the checks that were seen are of
  const [checked, setChecked] = useState('');
  const form = useRef<HTMLDivElement>(null);
  const external = shown.kind === 'external';

  useEffect(() => {
    form.current?.querySelector('input')?.select();
  }, []);

  const set = (change: Partial<DeployDraft>) => {
    const next = { ...draft, ...change };
    left.set(called, next);
    setDraft(next);
    setTyped(new Set([...typed, ...Object.keys(change)]));
    if (JSON.stringify(runtimeOf(next)) !== checked) {
      setChecks([]);
    }
  };
  const wrong = deployProblems(draft, trans);
  const problem = (name: keyof DeployDraft) =>
    (tried || typed.has(name) ? wrong[name] : undefined) ??
    (error instanceof ProblemError ? error.field(FIELDS[name] ?? name) : undefined);
  const text = (name: 'label' | 'association' | 'threshold' | 'segments') => ({
    type: 'text',
    value: draft[name],
    onChange: (event: React.ChangeEvent<HTMLInputElement>) => set({ [name]: event.target.value })
  });

  const submit = async () => {
    setTried(true);
    if (busy) {
      return;
    }
    if (Object.keys(wrong).length) {
      // after the errors are drawn
      requestAnimationFrame(() =>
        form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
      );
      return;
    }
    setBusy(true);
    setError(undefined);
    try {
      const runtime = JSON.stringify(runtimeOf(draft));
      if (props.packageId !== undefined && checked !== runtime) {
        const found = await registry.api.checks(props.packageId, runtimeOf(draft));
        setChecked(runtime);
        if (verdict(found) !== 'passing') {
          setChecks(found);
          setBusy(false);
          return;
        }
      }
      const made = await props.deploy(deploymentBody(shown, draft));
      left.delete(called);
      close();
      registry.changes.refresh();
      await registry.openDeployment(made.id);
    } catch (reason) {
      setError(reason);
      setBusy(false);
    }
  };
  return (
    <ModalFrame
      title={trans.__('Deploy %1', called)}
      submit={() => void submit()}
      buttons={
        <>
          <Button onClick={close}>{trans.__('Cancel')}</Button>
          <SubmitButton aria-busy={busy}>
            {checks.length ? trans.__('Deploy all the same') : trans.__('Deploy')}
          </SubmitButton>
        </>
      }
    >
      <div ref={form} className="jp-Registry-fields">
        <Field label={trans.__('Label')} required error={problem('label')}>
          {input => <input {...input} {...text('label')} />}
        </Field>
        <Field label={trans.__('Description')} error={problem('description')}>
          {input => (
            <textarea
              {...input}
              rows={2}
              value={draft.description}
              onChange={event => set({ description: event.target.value })}
            />
          )}
        </Field>
        <Choice
          label={trans.__('Importance')}
          value={draft.importance}
          options={IMPORTANCES.map(one => [one, importanceName(one, trans)])}
          choose={importance => set({ importance })}
        />
        <Field
          label={trans.__('Association ID column')}
          help={trans.__('Ties a prediction to what happened later; accuracy needs it.')}
          error={problem('association')}
        >
          {input => <input {...input} {...text('association')} />}
        </Field>
        <Check
          label={trans.__('Rows without an association ID are refused')}
          checked={draft.required}
          set={required => set({ required })}
        />
        {shown.target_type === 'binary' && (
          <Field
            label={trans.__('Threshold')}
            help={trans.__(
              'The least probability that predicts “%1”; the package’s %2 unless given.',
              shown.positive_class ?? '',
              measure(shown.prediction_threshold ?? 0.5)
            )}
            error={problem('threshold')}
          >
            {input => <input {...input} {...text('threshold')} inputMode="decimal" />}
          </Field>
        )}
        <Field
          label={trans.__('Segment columns')}
          help={trans.__(
            'Accuracy is kept by their values too. At most 5, with commas between, as %1.',
            columnsOf(shown)
              .slice(0, 2)
              .map(({ name }) => name)
              .join(', ') || 'region'
          )}
          error={problem('segments')}
        >
          {input => <input {...input} {...text('segments')} />}
        </Field>
        <Check
          label={trans.__('Keep the features of each row')}
          checked={draft.storeFeatures}
          set={storeFeatures => set({ storeFeatures })}
        />
        {!external && (
          <KernelspecChoice
            help={trans.__('The kernel in whose environment the model runs.')}
            error={problem('kernelspec')}
            value={draft.kernelspec}
            choose={kernelspec => set({ kernelspec })}
          />
        )}
        {!external && (
          <LibrariesChoice
            error={problem('environment')}
            value={draft.environment}
            choose={environment => set({ environment })}
          />
        )}
      </div>
      {checks.length > 0 && <Checks checks={checks} />}
      {busy && draft.environment === 'package' && props.packageId !== undefined && (
        <BuildLog packageId={props.packageId} kernelspec={draft.kernelspec} />
      )}
      {busy && (
        <Spinner
          label={
            external
              ? trans.__('Making the deployment…')
              : draft.environment === 'package'
                ? trans.__(
                    'Its environment is built where there is none; then a worker tries the model…'
                  )
                : trans.__('A worker loads the model and tries it…')
          }
        />
      )}
      {error !== undefined && <ProblemView error={error} />}
    </ModalFrame>
  );
}

function Check(props: {
  label: string;
  checked: boolean;
  set: (checked: boolean) => void;
}): React.ReactElement {
  return (
    <label className="jp-Registry-check">
      <input
        type="checkbox"
        checked={props.checked}
        onChange={event => props.set(event.target.checked)}
      />
      {props.label}
    </label>
  );
}
