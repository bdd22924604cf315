// The sidebar's section of deployments.
import React from 'react';

import { Badge } from '../components/Badge';
import { useRegistry, useTrans } from '../components/context';
import { EmptyState } from '../components/EmptyState';
import { ProblemView } from '../components/ProblemView';
import { Spinner } from '../components/Progress';
import { useAnswer } from '../components/useAnswer';
import { VirtualList } from '../components/VirtualList';
import { stateName } from '../documents/words';
import { useChanges } from '../events/hooks';
import type { SidebarSection } from '../tokens';

export const deployments: SidebarSection = {
  id: 'deployments',
  rank: 10,
  label: trans => trans.__('Deployments'),
  component: Deployments
};

function Deployments(): React.ReactElement {
  const trans = useTrans();
  const registry = useRegistry();
  const { data, error, reload } = useAnswer(signal => registry.api.deployments({}, signal), []);
  useChanges(change => {
    if (!change || change.entity === 'deployment') {
      reload();
    }
  });
  if (error !== undefined) {
    return <ProblemView error={error} retry={reload} />;
  }
  if (!data) {
    return <Spinner />;
  }
  if (!data.items.length) {
    return (
      <EmptyState title={trans.__('Nothing is deployed yet.')}>
        {trans.__('A deployment is made from a package: open one.')}
      </EmptyState>
    );
  }
  return (
    <VirtualList
      label={trans.__('Deployments')}
      count={data.items.length}
      rowHeight={44}
      rowKey={index => data.items[index].id}
      onOpen={index => void registry.openDeployment(data.items[index].id)}
      row={index => {
        const item = data.items[index];
        return (
          <>
            <span className="jp-Registry-rowTitle">{item.label}</span>
            <span className="jp-Registry-rowFacts">
              <Badge tone={item.state === 'active' ? 'success' : 'plain'}>
                {stateName(item.state, trans)}
              </Badge>
              <span className="jp-Registry-muted">{item.package}</span>
            </span>
          </>
        );
      }}
    />
  );
}
