// Ready code to call a deployment, and the prediction keys with which applications do.
import type React from 'react';

import { address } from '../../../api/http';
import type { DeploymentPublic, KeyCreated, KeyPublic } from '../../../api/types';
import { Button, SubmitButton } from '../../../components/buttons';
import { CodeBlock, CopyButton } from '../../../components/CodeBlock';
import { confirm } from '../../../components/confirm';
import { useRegistry, useTrans } from '../../../components/context';
import { Field } from '../../../components/Field';
import { useKept } from '../../../components/kept';
import { ProblemView } from '../../../components/ProblemView';
import { Spinner } from '../../../components/Progress';
import { useAnswer } from '../../../components/useAnswer';
import { useChanges } from '../../../events/hooks';
import { full } from '../../../format/times';
import { useState } from '../../../react';
import type { PanelTab } from '../../../tokens';
import { asking, predicting, reporting, type Snippet, telling } from '../snippets';

export const integrations: PanelTab<DeploymentPublic> = {
  id: 'integrations',
  rank: 60,
  label: trans => trans.__('Integrations'),
  component: Integrations
};

function Integrations({ entity }: { entity: DeploymentPublic }): React.ReactElement {
  const trans = useTrans();
  const { api } = useRegistry();
  const champion = useAnswer(signal => api.package(entity.package_id, signal), [entity.package_id]);
  const [made, setMade] = useKept<KeyCreated | undefined>('integrations.key', undefined);
  const server = new URL(api.settings.baseUrl, window.location.href).href;
  const there = new URL(address(api.settings, ['deployments', entity.label]), server).href;
  const parts = {
    deployment: entity,
    package: champion.data,
    server,
    address: there,
    key: made?.key
  };
  const titles: Record<string, string> = {
    'predict-notebook': trans.__('Predict in a notebook, with the Python client'),
    'predict-application': trans.__('Predict in an application, in Python'),
    'predict-curl': trans.__('Predict with curl'),
    'predict-file': trans.__('Predict a file with curl'),
    'report-python': trans.__('Report in Python'),
    'report-curl': trans.__('Report with curl'),
    'actuals-curl': trans.__('Send actuals with curl')
  };
  const hosted = entity.kind !== 'external';
  const snippets: Snippet[] =
    entity.target_type === 'unstructured'
      ? asking(parts)
      : [...(hosted ? predicting : reporting)(parts), ...telling(parts)];
  return (
    <div className="jp-Registry-integrations">
      <Keys entity={entity} made={made} setMade={setMade} />
      <section aria-label={trans.__('Code')}>
        <h2>{trans.__('Code')}</h2>
        <p className="jp-Registry-note">
          {made
            ? trans.__('The new key is in the code.')
            : trans.__('A key that is made above is filled in.')}
        </p>
        {champion.error !== undefined && (
          <ProblemView error={champion.error} retry={champion.reload} />
        )}
        {hosted && champion.data === undefined
          ? champion.error === undefined && <Spinner />
          : snippets.map(({ id, code }) => <CodeBlock key={id} title={titles[id]} code={code} />)}
      </section>
    </div>
  );
}

function Keys(props: {
  entity: DeploymentPublic;
  made: KeyCreated | undefined;
  setMade: (made: KeyCreated | undefined) => void;
}): React.ReactElement {
  const trans = useTrans();
  const { api, changes } = useRegistry();
  const { entity, made, setMade } = props;
  const [name, setName] = useKept('integrations.name', '', true);
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const keys = useAnswer(signal => api.keys(entity.id, signal), [entity.id]);
  useChanges(change => {
    if (!change || (change.entity === 'key' && change.name === entity.label)) {
      keys.reload();
    }
  });

  const change = async (work: () => Promise<void>) => {
    if (busy) {
      return;
    }
    setBusy(true);
    setError(undefined);
    try {
      await work();
      if (changes.state !== 'connected') {
        keys.reload(); // else the event does it
      }
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  };
  const make = () =>
    change(async () => {
      setMade(await api.makeKey(entity.id, name.trim()));
      setName('');
      keys.reload();
    });
  const revoke = async (key: KeyPublic) => {
    const agreed = await confirm(trans, {
      title: trans.__('Revoke the key?'),
      body: trans.__(
        'Applications that use %1 are refused from then on. It cannot be taken back.',
        key.name ? `${key.name} (${key.prefix}…)` : `${key.prefix}…`
      ),
      accept: trans.__('Revoke'),
      danger: true
    });
    if (agreed) {
      await change(async () => {
        await api.revokeKey(entity.id, key.id);
        if (made?.id === key.id) {
          setMade(undefined);
        }
        keys.reload();
      });
    }
  };

  const valid = (keys.data ?? []).filter(key => !key.revoked_at);
  return (
    <section aria-label={trans.__('Prediction keys')}>
      <h2>{trans.__('Prediction keys')}</h2>
      <p className="jp-Registry-note">
        {trans.__(
          'With a key an application asks, reports and sends actuals to this deployment, and nothing else.'
        )}
      </p>
      <form
        className="jp-Registry-inline"
        onSubmit={event => {
          event.preventDefault();
          void make();
        }}
      >
        <Field label={trans.__('Name of a new key')}>
          {input => (
            <input
              {...input}
              type="text"
              placeholder={trans.__('Who will use it')}
              value={name}
              maxLength={200}
              onChange={event => setName(event.target.value)}
            />
          )}
        </Field>
        <SubmitButton aria-busy={busy}>{trans.__('Make a key')}</SubmitButton>
      </form>
      {made && (
        <div className="jp-Registry-secret" role="status">
          <p>{trans.__('The new key. It is shown this once: keep it in a safe place.')}</p>
          <p className="jp-Registry-buttons">
            <code>{made.key}</code>
            <CopyButton text={made.key} what={trans.__('the new key')} />
            <Button onClick={() => setMade(undefined)}>{trans.__('Hide it')}</Button>
          </p>
        </div>
      )}
      {error !== undefined && <ProblemView error={error} dismiss={() => setError(undefined)} />}
      {keys.error !== undefined && <ProblemView error={keys.error} retry={keys.reload} />}
      {keys.data === undefined ? (
        keys.error === undefined && <Spinner />
      ) : valid.length ? (
        <ul className="jp-Registry-keys" aria-label={trans.__('Keys that are valid')}>
          {valid.map(key => (
            <li key={key.id}>
              <span>
                <strong>{key.name || trans.__('without a name')}</strong> <code>{key.prefix}…</code>{' '}
                <span className="jp-Registry-muted">
                  {trans.__('made %1 by %2', full(key.created_at), key.created_by)}
                </span>
              </span>
              <Button
                aria-label={trans.__('Revoke %1', key.name || key.prefix)}
                onClick={() => void revoke(key)}
              >
                {trans.__('Revoke…')}
              </Button>
            </li>
          ))}
        </ul>
      ) : (
        <p className="jp-Registry-muted">{trans.__('There is no key yet.')}</p>
      )}
    </section>
  );
}
