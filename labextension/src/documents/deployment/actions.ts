// What can be done with a deployment, from its panel or its row.
import type { DeploymentPublic, DeploymentState } from '../../api/types';
import type { EntityAction, IRegistry } from '../../tokens';

export function deploymentActions(registry: IRegistry): readonly EntityAction<DeploymentPublic>[] {
  const become = (state: DeploymentState) => async (shown: DeploymentPublic) => {
    await registry.api.updateDeployment(shown.id, { state });
    registry.changes.refresh();
  };
  return [
    {
      id: 'activate',
      rank: 60,
      label: trans => trans.__('Activate'),
      applies: shown => shown.state !== 'active',
      execute: become('active')
    },
    {
      id: 'deactivate',
      rank: 60,
      label: trans => trans.__('Deactivate'),
      applies: shown => shown.state === 'active',
      execute: become('inactive')
    }
  ];
}
