// Of a deployment: how far inputs and predictions moved from the package's baseline.
import type React from 'react';

import type { Bucket, DeploymentPublic, Drift } from '../../../api/types';
import { Chart } from '../../../charts/Chart';
import { useRegistry, useTrans } from '../../../components/context';
import { EmptyState } from '../../../components/EmptyState';
import { ProblemView } from '../../../components/ProblemView';
import { Spinner } from '../../../components/Progress';
import { StatusLight, statusName } from '../../../components/StatusLight';
import { useChoices } from '../../../components/useChoices';
import { EVERYTHING, rangeError, rangeOf } from '../../../monitoring/spans';
import { useMemo } from '../../../react';
import type { PanelTab } from '../../../tokens';
import {
  binsOf,
  columnNamed,
  columnsOf,
  driftByImportance,
  driftOverTime
} from '../drawings/drift';
import { ofRows } from '../RowsOnly';
import { Picker, SpanPickers } from '../SpanPickers';
import { useMonitored } from '../useMonitored';

export const drift: PanelTab<DeploymentPublic> = {
  id: 'drift',
  rank: 30,
  label: trans => trans.__('Drift'),
  component: ofRows(DriftTab)
};

/** Features drawn over time, the chosen one among them. */
const MOST_FEATURES = 3;

function DriftTab({ entity }: { entity: DeploymentPublic }): React.ReactElement {
  const trans = useTrans();
  const { api } = useRegistry();
  const [{ feature, ...span }, choose] = useChoices('drift', { ...EVERYTHING, feature: '' });
  const { data, error, loading, reload, history } = useMonitored(
    entity.id,
    signal =>
      api.drift(
        entity.id,
        { ...rangeOf(span), bucket: (span.bucket || undefined) as Bucket | undefined },
        signal
      ),
    [rangeError(span, trans) ? 'as before' : JSON.stringify(span)]
  );
  const column = data && columnNamed(data.read, feature);
  const drawings = useMemo(() => {
    if (!data || !data.read.n) {
      return [];
    }
    const rules = data.rules.drift;
    const made = [driftByImportance(data.read, rules, trans)];
    if (data.read.buckets?.length) {
      made.push(driftOverTime(data.read, drawnOverTime(data.read, feature), rules, trans));
    }
    const chosen = columnNamed(data.read, feature);
    if (chosen?.bins?.length) {
      made.push(binsOf(chosen, chosen === data.read.target, trans));
    }
    return made;
  }, [data, feature, trans]);
  const hasBaseline = !!data && columnsOf(data.read).length > 0;
  return (
    <>
      <SpanPickers
        time={trans.__('Predicted')}
        span={span}
        history={history}
        choose={choose}
        everyPackage={trans.__('the champion')}
      >
        {hasBaseline && column && (
          <Picker
            label={trans.__('Feature')}
            value={column.name}
            options={columnsOf(data.read).map(one => [
              one.name,
              trans.__(
                '%1, PSI %2',
                one === data.read.target ? trans.__('%1 (predicted)', one.name) : one.name,
                one.psi?.toFixed(3) ?? '–'
              )
            ])}
            choose={name => choose({ feature: name })}
          />
        )}
      </SpanPickers>
      {error !== undefined && <ProblemView error={error} retry={reload} />}
      {!data && loading && <Spinner />}
      {data && hasBaseline && (
        <p className="jp-Registry-summary">
          <StatusLight status={data.read.status ?? 'unknown'} label={trans.__('Drift')} />
          <strong>{statusName(data.read.status ?? 'unknown', trans)}</strong>
          <span>{data.read.reason}</span>
        </p>
      )}
      {data && !hasBaseline && (
        <EmptyState title={trans.__('Drift needs a baseline to be measured from')}>
          <p>{data.read.reason}</p>
          <p>
            {trans.__(
              'Register a version with its data, as registry.register(…, training=data), and replace the champion by it.'
            )}
          </p>
        </EmptyState>
      )}
      {data && hasBaseline && !data.read.n && (
        <EmptyState title={trans.__('Nothing was predicted in this time')}>
          {trans.__('Choose another time or package, or predict rows.')}
        </EmptyState>
      )}
      {drawings.map(drawing => (
        <Chart key={keyOf(drawing.name)} drawing={drawing} subject={entity.label} />
      ))}
    </>
  );
}

/** The bins of another feature take the place of those before. */
function keyOf(name: string): string {
  return name.startsWith('bins-of-') ? 'bins' : name;
}

function drawnOverTime(read: Drift, feature: string): string[] {
  const chosen = columnNamed(read, feature);
  const others = (read.features ?? []).map(one => one.name).filter(name => name !== chosen?.name);
  const first = chosen && chosen !== read.target ? [chosen.name] : [];
  return [...first, ...others].slice(0, MOST_FEATURES);
}
