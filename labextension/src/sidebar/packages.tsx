// The sidebar's section of packages.
import React from 'react';

import { Badge } from '../components/Badge';
import { useRegistry, useTrans } from '../components/context';
import { EmptyState } from '../components/EmptyState';
import { ProblemView } from '../components/ProblemView';
import { Spinner } from '../components/Progress';
import { useAnswer } from '../components/useAnswer';
import { VirtualList } from '../components/VirtualList';
import { kindName } from '../documents/words';
import { useChanges } from '../events/hooks';
import type { SidebarSection } from '../tokens';

export const packages: SidebarSection = {
  id: 'packages',
  rank: 0,
  label: trans => trans.__('Packages'),
  component: Packages
};

function Packages(): React.ReactElement {
  const trans = useTrans();
  const registry = useRegistry();
  const { data, error, reload } = useAnswer(signal => registry.api.packages({}, signal), []);
  useChanges(change => {
    if (!change || change.entity === 'package' || change.entity === 'model') {
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
      <EmptyState
        title={trans.__('No package is registered yet.')}
        action={{ label: trans.__('Register a package'), run: () => void registry.register() }}
      />
    );
  }
  return (
    <VirtualList
      label={trans.__('Packages')}
      count={data.items.length}
      rowHeight={44}
      rowKey={index => data.items[index].id}
      onOpen={index => void registry.openPackage(data.items[index].id)}
      row={index => {
        const item = data.items[index];
        return (
          <>
            <span className="jp-Registry-rowTitle">
              {item.name}
              <span className="jp-Registry-muted">/{item.version}</span>
            </span>
            <span className="jp-Registry-rowFacts">
              <Badge>{kindName(item.kind, trans)}</Badge>
              <span className="jp-Registry-muted">{item.target_name}</span>
            </span>
          </>
        );
      }}
    />
  );
}
