// The dialog that deploys a leaderboard's model; its package is made with the deployment.
import type React from 'react';

import type { LeaderboardSummary } from '../../api/types';
import { useRegistry, useTrans } from '../../components/context';
import { DeployDialog } from '../package/DeployDialog';

export function DeployModel(props: {
  board: LeaderboardSummary;
  number: number;
  label: string;
  close: () => void;
}): React.ReactElement {
  const trans = useTrans();
  const { api } = useRegistry();
  const { board, number, label, close } = props;
  return (
    <DeployDialog
      shown={{ ...board, kind: 'native', prediction_threshold: null }}
      called={trans.__('%1 (model %2 of %3)', label, number, board.name)}
      deploy={settings => api.deployBoardModel(board.id, number, settings)}
      close={close}
    />
  );
}
