// Of a deployment: what is in service, how it does, how much it was used, and its history.
import type React from 'react';

import type { DeploymentPublic } from '../../../api/types';
import { LinkButton } from '../../../components/buttons';
import { useRegistry, useTrans } from '../../../components/context';
import { EditableText } from '../../../components/EditableText';
import { Facts } from '../../../components/Facts';
import { ProblemView } from '../../../components/ProblemView';
import { Spinner } from '../../../components/Progress';
import { useAnswer } from '../../../components/useAnswer';
import { useChanges } from '../../../events/hooks';
import { useThrottled } from '../../../events/throttled';
import { count } from '../../../format/numbers';
import { full } from '../../../format/times';
import type { PanelTab } from '../../../tokens';
import { importanceName, targetTypeName } from '../../words';
import { Lights } from '../overview/Lights';
import { Timeline } from '../overview/Timeline';
import { Usage } from '../overview/Usage';

export const overview: PanelTab<DeploymentPublic> = {
  id: 'overview',
  rank: 0,
  label: trans => trans.__('Overview'),
  component: Overview
};

/** Milliseconds between two looks at the status while rows come. */
const STATUS_EVERY = 1000;

function Overview(props: { entity: DeploymentPublic; reload: () => void }): React.ReactElement {
  const { entity, reload } = props;
  const registry = useRegistry();
  const trans = useTrans();
  return (
    <>
      <EditableText
        label={trans.__('Description')}
        placeholder={trans.__('No description yet')}
        multiline
        value={entity.description ?? ''}
        save={async description => {
          await registry.api.updateDeployment(entity.id, { description });
          reload();
        }}
      />
      <Counts entity={entity} />
      <div className="jp-Registry-columns">
        <Facts
          facts={[
            [
              trans.__('Champion'),
              <LinkButton
                key="champion"
                onClick={() => void registry.openPackage(entity.package_id)}
              >
                {entity.package}
              </LinkButton>
            ],
            [trans.__('Target'), entity.target_name],
            [trans.__('Target type'), targetTypeName(entity.target_type, trans)],
            [trans.__('Importance'), entity.importance && importanceName(entity.importance, trans)],
            [trans.__('Owner'), entity.created_by],
            [trans.__('Since'), full(entity.created_at)],
            [trans.__('Association ID'), entity.association_id_column],
            [trans.__('Segments'), (entity.segment_columns ?? []).join(', ')]
          ]}
        />
        <Doing entity={entity} />
      </div>
      <History entity={entity} />
    </>
  );
}

function Counts({ entity }: { entity: DeploymentPublic }): React.ReactElement {
  const trans = useTrans();
  const tiles = [
    [trans.__('rows predicted'), entity.rows_predicted],
    [trans.__('matched with actuals'), entity.rows_matched],
    [trans.__('waiting for actuals'), entity.rows_waiting]
  ] as const;
  return (
    <dl className="jp-Registry-tiles">
      {tiles.map(([name, n]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{count(n ?? 0)}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Status and usage, read together. */
function Doing({ entity }: { entity: DeploymentPublic }): React.ReactElement {
  const trans = useTrans();
  const { api } = useRegistry();
  const { data, error, reload } = useAnswer(signal => api.status(entity.id, signal), [entity.id]);
  const soon = useThrottled(reload, STATUS_EVERY);
  useChanges(change => {
    if (!change || (concerns(change.entity) && change.id === entity.id)) {
      soon();
    }
  });
  return (
    <section aria-label={trans.__('How it does')} className="jp-Registry-doing">
      {error !== undefined && <ProblemView error={error} retry={reload} />}
      {data?.status && <Lights status={data.status} />}
      {data?.predictions_by_day && <Usage byDay={data.predictions_by_day} />}
      {!data && error === undefined && <Spinner />}
    </section>
  );
}

function History({ entity }: { entity: DeploymentPublic }): React.ReactElement {
  const trans = useTrans();
  const { api } = useRegistry();
  const { data, error, reload } = useAnswer(
    signal => api.history(entity.id, signal),
    [entity.id, entity.package_id, entity.updated_at],
    true
  );
  return (
    <section aria-label={trans.__('History')}>
      <h2>{trans.__('History')}</h2>
      {error !== undefined && <ProblemView error={error} retry={reload} />}
      {data ? <Timeline periods={data} /> : error === undefined && <Spinner />}
    </section>
  );
}

function concerns(entity: string): boolean {
  return entity === 'deployment' || entity === 'rows';
}
