// What can be done with a leaderboard as a whole, from its panel or its row.

import type { LeaderboardSummary } from '../../api/types';
import { confirm } from '../../components/confirm';
import { openModal } from '../../components/modal';
import type { SurroundingsSource } from '../../components/RegistryWidget';
import type { EntityAction } from '../../tokens';
import { laterViews } from '../later';

export function leaderboardActions(
  source: SurroundingsSource
): readonly EntityAction<LeaderboardSummary>[] {
  const { registry, trans } = source.current();
  const { api, changes } = registry;

  const stop = async (shown: LeaderboardSummary) => {
    const agreed =
      !source.current().settings.confirmations ||
      (await confirm(trans, {
        title: trans.__('Stop the training of %1?', shown.name),
        body: trans.__('The models that are there are kept; it cannot be gone on with.'),
        accept: trans.__('Stop')
      }));
    if (agreed) {
      await api.stopLeaderboard(shown.id);
      changes.refresh();
    }
  };
  const remove = async (shown: LeaderboardSummary) => {
    if (shown.state === 'running') {
      const asked = await confirm(trans, {
        title: trans.__('%1 is being trained', shown.name),
        body: trans.__(
          'It can be deleted once its training has ended. Stop it now? The models that are there are kept until you delete it.'
        ),
        accept: trans.__('Stop')
      });
      if (asked) {
        await api.stopLeaderboard(shown.id);
        changes.refresh();
      }
      return;
    }
    const packages = shown.packages ?? [];
    const agreed = await confirm(trans, {
      title: trans.__('Delete the leaderboard %1?', shown.name),
      body: [
        trans._n(
          'Its model is deleted with it.',
          'Its %1 models are deleted with it.',
          shown.models_done ?? 0
        ),
        packages.length ? trans.__('Packages made of them stay: %1.', packages.join(', ')) : '',
        trans.__('This cannot be taken back.')
      ]
        .filter(Boolean)
        .join(' '),
      accept: trans.__('Delete'),
      danger: true
    });
    if (agreed) {
      await api.deleteLeaderboard(shown.id);
      changes.refresh();
    }
  };
  const deployBest = async (shown: LeaderboardSummary) => {
    const { DeployModel } = await laterViews();
    await openModal(source, close => (
      <DeployModel
        board={shown}
        number={shown.leader_number!}
        label={shown.leader!}
        close={close}
      />
    ));
  };

  return [
    {
      id: 'deploy',
      rank: 0,
      label: trans => trans.__('Deploy the Best Model…'),
      applies: shown => typeof shown.leader_number === 'number',
      execute: deployBest
    },
    {
      id: 'stop',
      rank: 10,
      label: trans => trans.__('Stop…'),
      applies: shown => shown.state === 'running' && !shown.stop_requested,
      execute: stop
    },
    {
      id: 'again',
      rank: 20,
      label: trans => trans.__('Train Again…'),
      applies: shown => shown.state !== 'running',
      execute: shown => registry.newLeaderboard(undefined, shown.id)
    },
    {
      id: 'delete',
      rank: 90,
      label: trans => trans.__('Delete…'),
      execute: remove
    }
  ];
}
