// A deployment's panel.
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type React from 'react';

import type { DeploymentPublic } from '../../api/types';
import { Badge } from '../../components/Badge';
import { useRegistry, useSettings, useTrans } from '../../components/context';
import { KeepProvider } from '../../components/kept';
import { EntityPanel } from '../panel';
import { importanceName, kindName, stateName } from '../words';

export function DeploymentPanel(props: {
  id: number;
  tab?: string;
  /** What was typed the last time, and not sent. */
  kept?: ReadonlyPartialJSONObject;
  onRead: (shown: DeploymentPublic) => void;
}): React.ReactElement {
  const { api, deploymentTabs, deploymentActions } = useRegistry();
  const { defaultTab } = useSettings();
  return (
    <KeepProvider kept={props.kept}>
      <EntityPanel
        tab={props.tab ?? defaultTab}
        read={signal => api.deployment(props.id, signal)}
        concerns={change =>
          (change.entity === 'deployment' || change.entity === 'rows') && change.id === props.id
        }
        tabs={deploymentTabs}
        actions={deploymentActions}
        heading={shown => <Heading shown={shown} />}
        onRead={props.onRead}
      />
    </KeepProvider>
  );
}

function Heading({ shown }: { shown: DeploymentPublic }): React.ReactElement {
  const trans = useTrans();
  return (
    <>
      <h1>{shown.label}</h1>
      <p className="jp-Registry-facts">
        <Badge tone={shown.state === 'active' ? 'success' : 'plain'}>
          {stateName(shown.state, trans)}
        </Badge>
        <Badge>{kindName(shown.kind, trans)}</Badge>
        {shown.importance && (
          <Badge tone={shown.importance === 'critical' ? 'warn' : 'plain'}>
            {importanceName(shown.importance, trans)}
          </Badge>
        )}
        <span className="jp-Registry-muted">{shown.package}</span>
      </p>
    </>
  );
}
