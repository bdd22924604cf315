// How a deployment does in three respects, each with its reason and the way to its tab.
import type React from 'react';

import type { DeploymentStatus } from '../../../api/types';
import { LinkButton } from '../../../components/buttons';
import { useRegistry, useTrans } from '../../../components/context';
import { StatusLight } from '../../../components/StatusLight';
import { useContributions } from '../../../components/useContributions';
import { useSelectTab } from '../../selectTab';

export function Lights(props: { status: DeploymentStatus }): React.ReactElement {
  const trans = useTrans();
  const selectTab = useSelectTab();
  const tabs = useContributions(useRegistry().deploymentTabs);
  const { service, drift, accuracy } = props.status;
  const shown = [
    { id: 'health', label: trans.__('Service health'), judged: service },
    { id: 'drift', label: trans.__('Drift'), judged: drift },
    { id: 'accuracy', label: trans.__('Accuracy'), judged: accuracy }
  ];
  return (
    <ul className="jp-Registry-statusList" aria-label={trans.__('Status')}>
      {shown.map(({ id, label, judged }) => (
        <li key={id}>
          <StatusLight status={judged.status ?? 'unknown'} label={label} />
          <span>
            {tabs.some(tab => tab.id === id) ? (
              <LinkButton onClick={() => selectTab(id)}>{label}</LinkButton>
            ) : (
              <strong>{label}</strong>
            )}
            <span className="jp-Registry-lightReason">{judged.reason}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}
