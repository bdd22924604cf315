// The dialog that puts a leaderboard's model in a deployment's service.
import type React from 'react';

import type {
  BoardModelSummary,
  DeploymentPublic,
  LeaderboardPublic,
  ReplacementReason
} from '../../api/types';
import { SubmitButton } from '../../components/buttons';
import { Choice } from '../../components/Choice';
import { useRegistry, useTrans } from '../../components/context';
import { ModalFrame } from '../../components/modal';
import { ProblemView } from '../../components/ProblemView';
import { Spinner } from '../../components/Progress';
import { useAnswer } from '../../components/useAnswer';
import { useState } from '../../react';
import { ReasonChoice } from '../deployment/replace/ReasonChoice';
import { Replacing, useCurrent } from '../deployment/replace/ReplaceDialog';
import { type Runtime, RuntimeChoice, runtimeOf } from '../deployment/replace/RuntimeChoice';

/** Deployments that are offered. */
const LISTED = 100;

interface DialogProps {
  board: LeaderboardPublic;
  model: BoardModelSummary;
  close: () => void;
}

export function ReplaceByModel(props: DialogProps): React.ReactElement {
  const trans = useTrans();
  const { api } = useRegistry();
  const [chosen, setChosen] = useState<string>();
  const { data, error, reload } = useAnswer(
    signal => api.deployments({ sort: 'label', limit: LISTED }, signal),
    []
  );
  // of other targets none could be replaced
  const found = (data?.items ?? []).filter(one => one.target_name === props.board.target_name);
  const deployment = found.find(one => String(one.id) === chosen) ?? found[0];
  if (!deployment) {
    return (
      <ModalFrame
        title={trans.__('Replace a deployment by %1', props.model.label)}
        submit={props.close}
        buttons={<SubmitButton>{trans.__('Close')}</SubmitButton>}
      >
        {error !== undefined ? (
          <ProblemView error={error} retry={reload} />
        ) : data ? (
          <p>{trans.__('No deployment predicts %1.', props.board.target_name)}</p>
        ) : (
          <Spinner />
        )}
      </ModalFrame>
    );
  }
  return (
    <Chosen key={deployment.id} {...props} shown={deployment}>
      <Choice
        label={trans.__('Deployment')}
        value={String(deployment.id)}
        options={found.map(one => [String(one.id), `${one.label} (${one.package})`])}
        choose={setChosen}
      />
    </Chosen>
  );
}

function Chosen(
  props: DialogProps & { shown: DeploymentPublic; children: React.ReactNode }
): React.ReactElement {
  const trans = useTrans();
  const { api } = useRegistry();
  const [reason, setReason] = useState<ReplacementReason>('accuracy');
  const { board, model, close } = props;
  const deployment = useCurrent(props.shown);
  const [changed, setChanged] = useState<Partial<Runtime>>({});
  const runtime = { ...runtimeOf(deployment), ...changed };
  const place = { deployment: String(deployment.id), ...runtime };
  return (
    <Replacing
      deployment={deployment}
      close={close}
      title={trans.__('Replace %1 in %2', deployment.package, deployment.label)}
      verb={trans.__('Replace')}
      package={{ id: model.number, name: model.label }}
      runtime={runtime}
      check={() => api.replaceByBoardModel(board.id, model.number, { ...place, dry_run: true })}
      replace={note => api.replaceByBoardModel(board.id, model.number, { ...place, reason, note })}
      fields={<ReasonChoice value={reason} choose={setReason} />}
    >
      {props.children}
      <RuntimeChoice value={runtime} choose={change => setChanged({ ...changed, ...change })} />
    </Replacing>
  );
}
