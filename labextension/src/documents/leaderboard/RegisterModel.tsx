// The dialog that makes a package of a leaderboard's model, without a deployment.
import type React from 'react';

import { ProblemError } from '../../api/problems';
import type { BoardModelSummary, LeaderboardPublic } from '../../api/types';
import { Button, SubmitButton } from '../../components/buttons';
import { useRegistry, useTrans } from '../../components/context';
import { Field } from '../../components/Field';
import { ModalFrame } from '../../components/modal';
import { ProblemView } from '../../components/ProblemView';
import { useState } from '../../react';
import { nameProblem } from '../package/rules';

export function RegisterModel(props: {
  board: LeaderboardPublic;
  model: BoardModelSummary;
  close: () => void;
}): React.ReactElement {
  const trans = useTrans();
  const registry = useRegistry();
  const { board, model, close } = props;
  const [name, setName] = useState(board.name);
  const [description, setDescription] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const wrong =
    nameProblem(name.trim(), trans) ??
    (error instanceof ProblemError ? error.field('name') : undefined);
  const submit = async () => {
    if (busy || nameProblem(name.trim(), trans)) {
      return;
    }
    setBusy(true);
    setError(undefined);
    try {
      const body = { name: name.trim(), description };
      const made = await registry.api.registerBoardModel(board.id, model.number, body);
      close();
      registry.changes.refresh();
      await registry.openPackage(made.id);
    } catch (reason) {
      setError(reason);
      setBusy(false);
    }
  };
  return (
    <ModalFrame
      title={trans.__('Register %1', model.label)}
      submit={() => void submit()}
      buttons={
        <>
          <Button onClick={close}>{trans.__('Cancel')}</Button>
          <SubmitButton aria-busy={busy}>{trans.__('Register')}</SubmitButton>
        </>
      }
    >
      <p>{trans.__('It becomes a native package, and its holdout is unlocked.')}</p>
      <div className="jp-Registry-fields">
        <Field label={trans.__('Name')} required error={wrong}>
          {input => (
            <input
              {...input}
              type="text"
              value={name}
              onChange={event => setName(event.target.value)}
            />
          )}
        </Field>
        <Field label={trans.__('Description')}>
          {input => (
            <textarea
              {...input}
              rows={2}
              value={description}
              onChange={event => setDescription(event.target.value)}
            />
          )}
        </Field>
      </div>
      {error !== undefined && <ProblemView error={error} />}
    </ModalFrame>
  );
}
