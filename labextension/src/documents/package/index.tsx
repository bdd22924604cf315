// A package's panel.
import type React from 'react';

import type { PackagePublic } from '../../api/types';
import { Badge } from '../../components/Badge';
import { useRegistry, useTrans } from '../../components/context';
import { KeepProvider } from '../../components/kept';
import { full } from '../../format/times';
import { EntityPanel } from '../panel';
import { kindName } from '../words';

export function PackagePanel(props: {
  id: number;
  tab?: string;
  onRead: (shown: PackagePublic) => void;
}): React.ReactElement {
  const { api, packageTabs, packageActions } = useRegistry();
  return (
    <KeepProvider>
      <EntityPanel
        tab={props.tab}
        read={signal => api.package(props.id, signal)}
        concerns={(change, shown) =>
          (change.entity === 'package' &&
            (change.id === props.id || change.name === shown?.name)) ||
          (change.entity === 'model' && change.name === shown?.name) ||
          change.entity === 'deployment'
        }
        tabs={packageTabs}
        actions={packageActions}
        heading={shown => <Heading shown={shown} />}
        onRead={props.onRead}
      />
    </KeepProvider>
  );
}

function Heading({ shown }: { shown: PackagePublic }): React.ReactElement {
  const trans = useTrans();
  return (
    <>
      <h1>
        {shown.name}
        <span className="jp-Registry-muted">/{shown.version}</span>
      </h1>
      <p className="jp-Registry-facts">
        <Badge>{kindName(shown.kind, trans)}</Badge>
        {(shown.aliases ?? []).map(alias => (
          <Badge key={alias} tone="brand">
            @{alias}
          </Badge>
        ))}
        {shown.deployed && <Badge tone="success">{trans.__('deployed')}</Badge>}
        {shown.archived_at && <Badge tone="warn">{trans.__('archived')}</Badge>}
        <span className="jp-Registry-muted">
          {trans.__('registered %1 by %2', full(shown.created_at), shown.created_by)}
        </span>
      </p>
    </>
  );
}
