// The sidebar's section of deployments.
import type React from 'react';

import { deploymentCode } from '../commands/code';
import { useRegistry, useTrans } from '../components/context';
import { EmptyState } from '../components/EmptyState';
import { useMemo } from '../react';
import type { SidebarSection } from '../tokens';
import { DEPLOYMENT_ROW_HEIGHT, DeploymentRowView, deploymentTitle } from './deploymentRow';
import { EntityList } from './EntityList';
import { deploymentFilters, deploymentQuery, deploymentSorts } from './filters';
import { useRowCommands } from './parts';

export const deployments: SidebarSection = {
  id: 'deployments',
  rank: 10,
  label: trans => trans.__('Deployments'),
  component: Deployments
};

function Deployments(): React.ReactElement {
  const trans = useTrans();
  const registry = useRegistry();
  const commands = useRowCommands().deployments;
  const fields = useMemo(() => deploymentFilters(trans), [trans]);
  const sorts = useMemo(() => deploymentSorts(trans), [trans]);
  return (
    <EntityList
      id="deployments"
      label={trans.__('Deployments')}
      searchLabel={trans.__('Search deployments')}
      commands={commands}
      fields={fields}
      sorts={sorts}
      read={(question, page, signal) =>
        registry.api.deployments({ ...deploymentQuery(question), ...page }, signal)
      }
      // rows come in all the time: those of a deployment out of sight change nothing that is seen
      concerns={({ entity, id }, isInSight) =>
        entity === 'deployment' || (entity === 'rows' && isInSight(id))
      }
      name={shown => shown.label}
      code={deploymentCode}
      rowHeight={DEPLOYMENT_ROW_HEIGHT}
      row={shown => <DeploymentRowView shown={shown} />}
      rowTitle={shown => deploymentTitle(shown, trans)}
      deleteAction="archive"
      empty={
        <EmptyState title={trans.__('Nothing is deployed yet.')}>
          {trans.__('Open a package above and deploy it, or do so from a notebook:')}
          <code className="jp-Registry-example">{'package.deploy("churn-eu")'}</code>
        </EmptyState>
      }
    />
  );
}
