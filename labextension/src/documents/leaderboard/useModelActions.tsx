// What can be done with a model of a leaderboard, by a button or the menu of its row.
import { Signal } from '@lumino/signaling';
import type React from 'react';

import type { BoardModelSummary, LeaderboardPublic } from '../../api/types';
import { confirm } from '../../components/confirm';
import { useSurroundings } from '../../components/context';
import { openModal } from '../../components/modal';
import { DeployModel } from './DeployModel';
import { RegisterModel } from './RegisterModel';
import { ReplaceByModel } from './ReplaceByModel';

export interface ModelAction {
  id: string;
  label: string;
  /** Rejecting shows the error where the action was taken. */
  run: () => Promise<void>;
}

/** The actions on one of the models; of one that failed there are none. */
export function useModelActions(
  board: LeaderboardPublic
): (model: BoardModelSummary) => ModelAction[] {
  const surroundings = useSurroundings();
  const { trans, registry } = surroundings;
  const { api, changes } = registry;
  const open = (view: (close: () => void) => React.ReactElement) =>
    openModal({ current: () => surroundings, changed: new Signal({}) }, view);

  const unlock = async (model: BoardModelSummary) => {
    const agreed = await confirm(trans, {
      title: trans.__('Unlock the holdout of %1?', model.label),
      body: trans.__(
        'It is shown from then on, with who unlocked it and when. A holdout that models are chosen by is none any more.'
      ),
      accept: trans.__('Unlock')
    });
    if (agreed) {
      await api.unlockHoldout(board.id, model.number);
      changes.refresh();
    }
  };
  return model => {
    if (model.state === 'failed') {
      return [];
    }
    const { number, label } = model;
    return [
      {
        id: 'deploy',
        label: trans.__('Deploy…'),
        run: () => open(close => <DeployModel {...{ board, number, label, close }} />)
      },
      {
        id: 'replace',
        label: trans.__('Replace a Deployment…'),
        run: () => open(close => <ReplaceByModel {...{ board, model, close }} />)
      },
      ...(model.package
        ? []
        : [
            {
              id: 'register',
              label: trans.__('Register…'),
              run: () => open(close => <RegisterModel {...{ board, model, close }} />)
            }
          ]),
      ...(model.unlocked_at
        ? []
        : [
            {
              id: 'unlock',
              label: trans.__('Unlock the Holdout…'),
              run: () => unlock(model)
            }
          ])
    ];
  };
}
