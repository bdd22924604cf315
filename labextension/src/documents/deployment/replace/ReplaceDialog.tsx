// Another package in service: chosen, checked without changing anything, then put there; or back.
import type React from 'react';

import { ProblemError } from '../../../api/problems';
import type {
  Check,
  DeploymentPublic,
  PackageSummary,
  ReplacementReason
} from '../../../api/types';
import { Button, SubmitButton } from '../../../components/buttons';
import { useRegistry, useTrans } from '../../../components/context';
import { Field, FieldError } from '../../../components/Field';
import { ModalFrame } from '../../../components/modal';
import { ProblemView } from '../../../components/ProblemView';
import { Spinner } from '../../../components/Progress';
import { type Answer, useAnswer } from '../../../components/useAnswer';
import { useChanges } from '../../../events/hooks';
import { useRef, useState } from '../../../react';
import { BuildLog } from '../../package/BuildLog';
import { previous } from '../overview/periods';
import { Checks, verdict } from './Checks';
import { PackageChooser, useDelayed } from './PackageChooser';
import { ReasonChoice } from './ReasonChoice';
import { type Runtime, RuntimeChoice, runtimeOf } from './RuntimeChoice';

/** Milliseconds that a package is chosen before its checks begin: they load its model. */
const PAUSE = 400;

interface DialogProps {
  /** As it was when the dialog was opened. */
  deployment: DeploymentPublic;
  close: () => void;
}

/** Replace the champion. */
export function ReplaceDialog(props: DialogProps): React.ReactElement {
  const trans = useTrans();
  const { api } = useRegistry();
  const { close } = props;
  const deployment = useCurrent(props.deployment);
  const [chosen, setChosen] = useState<PackageSummary>();
  const [runtime, setRuntime] = useState<Partial<Runtime>>({});
  const [reason, setReason] = useState<ReplacementReason>('other');
  const runsIn =
    chosen && chosen.kind !== 'external' ? { ...runtimeOf(deployment), ...runtime } : undefined;
  return (
    <Replacing
      deployment={deployment}
      close={close}
      title={trans.__('Replace %1 in %2', deployment.package, deployment.label)}
      verb={trans.__('Replace')}
      package={chosen && { id: chosen.id, name: `${chosen.name}/${chosen.version}` }}
      runtime={runsIn}
      replace={note =>
        api.replace(deployment.id, { package_id: chosen!.id, ...runsIn, reason, note })
      }
      fields={<ReasonChoice value={reason} choose={setReason} />}
    >
      <PackageChooser deployment={deployment} chosen={chosen} choose={setChosen} />
      {runsIn && (
        <RuntimeChoice value={runsIn} choose={change => setRuntime({ ...runtime, ...change })} />
      )}
    </Replacing>
  );
}

/** Put the package back that was there before. */
export function RollBackDialog(props: DialogProps): React.ReactElement {
  const trans = useTrans();
  const { api } = useRegistry();
  const { close } = props;
  const deployment = useCurrent(props.deployment);
  const history = useAnswer(
    signal => api.history(deployment.id, signal),
    [deployment.id, deployment.package_id]
  );
  const before = previous(history.data ?? []);
  return (
    <Replacing
      deployment={deployment}
      close={close}
      title={trans.__('Roll %1 back?', deployment.label)}
      verb={trans.__('Roll back')}
      package={before && { id: before.package_id, name: before.package }}
      runtime={
        before?.environment
          ? { environment: before.environment, kernelspec: before.kernelspec ?? '' }
          : undefined
      }
      replace={note => api.rollBack(deployment.id, { note })}
    >
      {history.error !== undefined && <ProblemView error={history.error} retry={history.reload} />}
      {history.loading && !history.data && <Spinner />}
      {before && (
        <p>
          {trans.__(
            '%1 will be in service again, instead of %2.',
            before.package,
            deployment.package
          )}
        </p>
      )}
      {history.data && !before && (
        <p role="status">
          {trans.__(
            'There was no package before %1: replace it by another instead.',
            deployment.package
          )}
        </p>
      )}
    </Replacing>
  );
}

/** The deployment as it is now: somebody else may replace its champion meanwhile. */
export function useCurrent(shown: DeploymentPublic): DeploymentPublic {
  const { api } = useRegistry();
  const { data, reload } = useAnswer(signal => api.deployment(shown.id, signal), [shown.id]);
  useChanges(change => {
    if (!change || (change.entity === 'deployment' && change.id === shown.id)) {
      reload();
    }
  });
  return data ?? shown;
}

/** The dialog's frame: what is to be in service is checked, and put there if it may. */
export function Replacing(props: {
  deployment: DeploymentPublic;
  title: string;
  verb: string;
  /** What is to be in service. */
  package?: { id: number; name: string };
  /** What it is to run in; as the champion, or as it did, where nothing is said. */
  runtime?: Runtime;
  /** Checks it without changing anything; as a package unless given. */
  check?: () => Promise<{ checks: Check[] }>;
  replace: (note: string) => Promise<unknown>;
  close: () => void;
  children: React.ReactNode;
  fields?: React.ReactNode;
}): React.ReactElement {
  const trans = useTrans();
  const { api, changes } = useRegistry();
  const { deployment, runtime, verb, close, check } = props;
  const [note, setNote] = useState('');
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const wanted = props.package?.id;
  const rested = useDelayed(wanted, PAUSE);
  const began = useRef(deployment.package);
  const checks = useAnswer<Check[] | undefined>(
    async () =>
      rested === undefined
        ? undefined
        : (
            await (check?.() ??
              api.replace(deployment.id, { package_id: rested, ...runtime, dry_run: true }))
          ).checks,
    [rested, runtime?.environment, runtime?.kernelspec, deployment.id, deployment.package_id]
  );
  const checked = wanted !== undefined && rested === wanted && !checks.loading;
  const outcome = checked && checks.data ? verdict(checks.data) : undefined;
  const ready = outcome === 'passing' || outcome === 'warning';

  const submit = async () => {
    if (!ready || busy) {
      return;
    }
    setBusy(true);
    setError(undefined);
    try {
      await props.replace(note.trim());
      if (changes.state !== 'connected') {
        changes.refresh();
      }
      close();
    } catch (reason) {
      setError(reason);
      setBusy(false);
    }
  };
  const later =
    error instanceof ProblemError && Array.isArray(error.fields['checks'])
      ? (error.fields['checks'] as Check[])
      : undefined;
  return (
    <ModalFrame
      title={props.title}
      submit={() => void submit()}
      buttons={
        <>
          <Button onClick={close}>{trans.__('Cancel')}</Button>
          <SubmitButton aria-disabled={!ready} aria-busy={busy}>
            {verb}
          </SubmitButton>
        </>
      }
    >
      {deployment.package !== began.current && !busy && (
        <FieldError>
          {trans.__(
            'Somebody else put %1 in service meanwhile, instead of %2.',
            deployment.package,
            began.current
          )}
        </FieldError>
      )}
      {props.children}
      <div className={wanted === undefined ? undefined : 'jp-Registry-outcome'}>
        <section aria-label={trans.__('Checks')} aria-live="polite">
          {wanted !== undefined && (
            <Outcome
              name={props.package!.name}
              checks={later ?? (checked ? checks.data : undefined)}
              outcome={later ? verdict(later) : outcome}
              answer={checks}
            />
          )}
        </section>
        {runtime?.environment === 'package' && checks.loading && rested !== undefined && !check && (
          <BuildLog packageId={rested} kernelspec={runtime.kernelspec} />
        )}
      </div>
      {props.fields}
      <Field label={trans.__('Note')} help={trans.__('It is kept in the history.')}>
        {input => (
          <textarea
            {...input}
            rows={2}
            maxLength={20_000}
            value={note}
            onChange={event => setNote(event.target.value)}
          />
        )}
      </Field>
      {error !== undefined && <ProblemView error={error} dismiss={() => setError(undefined)} />}
    </ModalFrame>
  );
}

function Outcome(props: {
  name: string;
  checks?: readonly Check[];
  outcome?: Check['status'];
  answer: Answer<unknown>;
}): React.ReactElement {
  const trans = useTrans();
  const { name, checks, outcome, answer } = props;
  if (!checks) {
    return answer.error !== undefined && !answer.loading ? (
      <ProblemView error={answer.error} retry={answer.reload} />
    ) : (
      <Spinner label={trans.__('%1 is checked; its model is loaded…', name)} />
    );
  }
  return (
    <>
      <p>
        <strong>
          {outcome === 'failing'
            ? trans.__('%1 cannot take its place:', name)
            : outcome === 'warning'
              ? trans.__('%1 can take its place; look at the warnings:', name)
              : trans.__('%1 can take its place:', name)}
        </strong>
      </p>
      <Checks checks={checks} />
    </>
  );
}
