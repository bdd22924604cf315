// What can be done with a deployment, from its panel or its row.
import { Notification } from '@jupyterlab/apputils';
import React from 'react';

import type { DeploymentPublic, DeploymentState } from '../../api/types';
import { confirm } from '../../components/confirm';
import { openModal } from '../../components/modal';
import type { SurroundingsSource } from '../../components/RegistryWidget';
import type { EntityAction } from '../../tokens';
import { laterViews } from '../later';

/** Milliseconds that an archived deployment's undo is offered. */
const UNDO_FOR = 15_000;

export function deploymentActions(
  source: SurroundingsSource
): readonly EntityAction<DeploymentPublic>[] {
  const { registry, trans } = source.current();

  const become = async (shown: DeploymentPublic, state: DeploymentState) => {
    await registry.api.updateDeployment(shown.id, { state });
    registry.changes.refresh();
  };
  const agreed = (question: Parameters<typeof confirm>[1]) =>
    source.current().settings.confirmations ? confirm(trans, question) : Promise.resolve(true);

  const deactivate = async (shown: DeploymentPublic) => {
    const sure = await agreed({
      title: trans.__('Deactivate %1?', shown.label),
      body: trans.__('It refuses predictions, reports and actuals until it is activated again.'),
      accept: trans.__('Deactivate')
    });
    if (sure) {
      await become(shown, 'inactive');
    }
  };
  const archive = async (shown: DeploymentPublic) => {
    const sure = await agreed({
      title: trans.__('Archive %1?', shown.label),
      body: trans.__(
        'It refuses predictions, reports and actuals, is not listed any more, and its label is free for others. What was recorded stays.'
      ),
      accept: trans.__('Archive'),
      danger: true
    });
    if (!sure) {
      return;
    }
    await become(shown, 'archived');
    const undo = () => {
      become(shown, shown.state).catch((reason: unknown) =>
        Notification.error(reason instanceof Error ? reason.message : String(reason))
      );
    };
    Notification.info(trans.__('%1 is archived.', shown.label), {
      autoClose: UNDO_FOR,
      actions: [{ label: trans.__('Undo'), callback: undo }]
    });
  };

  return [
    {
      id: 'replace',
      rank: 10,
      label: trans => trans.__('Replace…'),
      applies: shown => shown.state !== 'archived',
      execute: async deployment => {
        const { ReplaceDialog } = await laterViews();
        await openModal(source, close => React.createElement(ReplaceDialog, { deployment, close }));
      }
    },
    {
      id: 'roll-back',
      rank: 20,
      label: trans => trans.__('Roll back…'),
      applies: shown => shown.state !== 'archived',
      execute: async deployment => {
        const { RollBackDialog } = await laterViews();
        await openModal(source, close =>
          React.createElement(RollBackDialog, { deployment, close })
        );
      }
    },
    {
      id: 'activate',
      rank: 60,
      label: trans => trans.__('Activate'),
      applies: shown => shown.state !== 'active',
      execute: shown => become(shown, 'active')
    },
    {
      id: 'deactivate',
      rank: 60,
      label: trans => trans.__('Deactivate'),
      applies: shown => shown.state === 'active',
      execute: deactivate
    },
    {
      id: 'archive',
      rank: 80,
      label: trans => trans.__('Archive'),
      applies: shown => shown.state !== 'archived',
      execute: archive
    }
  ];
}
