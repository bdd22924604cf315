// Of a deployment: what is asked of it, what fails, and how long answers take.
import type React from 'react';

import type { Bucket, DeploymentPublic, Health } from '../../../api/types';
import { Chart } from '../../../charts/Chart';
import { useRegistry, useTrans } from '../../../components/context';
import { EmptyState } from '../../../components/EmptyState';
import { ProblemView } from '../../../components/ProblemView';
import { Spinner } from '../../../components/Progress';
import { StatusLight, statusName } from '../../../components/StatusLight';
import { useChoices } from '../../../components/useChoices';
import { count, measure, percent } from '../../../format/numbers';
import { ago, full } from '../../../format/times';
import { EVERYTHING, isEverything, rangeError, rangeOf } from '../../../monitoring/spans';
import { useMemo } from '../../../react';
import type { PanelTab } from '../../../tokens';
import { errorsOverTime, requestsOverTime, responseTimes } from '../drawings/health';
import { SpanPickers } from '../SpanPickers';
import { useMonitored } from '../useMonitored';

export const health: PanelTab<DeploymentPublic> = {
  id: 'health',
  rank: 20,
  label: trans => trans.__('Service health'),
  component: HealthTab
};

function HealthTab({ entity }: { entity: DeploymentPublic }): React.ReactElement {
  const trans = useTrans();
  const { api } = useRegistry();
  const [span, choose] = useChoices('health', EVERYTHING);
  const { data, error, loading, reload, history } = useMonitored(
    entity.id,
    signal =>
      api.health(
        entity.id,
        { ...rangeOf(span), bucket: (span.bucket || undefined) as Bucket | undefined },
        signal
      ),
    [rangeError(span, trans) ? 'as before' : JSON.stringify(span)]
  );
  const drawings = useMemo(
    () =>
      data && data.read.buckets?.length
        ? [
            requestsOverTime(data.read, trans),
            errorsOverTime(data.read, data.rules.health, trans),
            responseTimes(data.read, trans)
          ]
        : [],
    [data, trans]
  );
  return (
    <>
      <SpanPickers time={trans.__('Requested')} span={span} history={history} choose={choose} />
      {error !== undefined && <ProblemView error={error} retry={reload} />}
      {!data && loading && <Spinner />}
      {data && <Totals health={data.read} />}
      {data && !data.read.overall?.requests && (
        <EmptyState title={trans.__('No requests in this time')}>
          {isEverything(span)
            ? trans.__(
                'They are counted from the first prediction on: ask for one in the tab Predict, or with deployment.predict(data).'
              )
            : trans.__('Choose another time or package.')}
        </EmptyState>
      )}
      {!!data?.read.overall?.requests &&
        drawings.map(drawing => (
          <Chart key={drawing.name} drawing={drawing} subject={entity.label} />
        ))}
    </>
  );
}

function Totals({ health: read }: { health: Health }): React.ReactElement {
  const trans = useTrans();
  const { overall } = read;
  const requests = overall?.requests ?? 0;
  const of = (errors: number | undefined) =>
    trans.__('%1 (%2)', count(errors ?? 0), percent((errors ?? 0) / requests));
  const ms = (value: number | undefined) =>
    value === undefined ? '–' : trans.__('%1 ms', measure(value));
  const last = read.last_prediction_at;
  return (
    <>
      <p className="jp-Registry-summary">
        <StatusLight status={read.status ?? 'unknown'} label={trans.__('Service health')} />
        <strong>{statusName(read.status ?? 'unknown', trans)}</strong>
        <span>{read.reason}</span>
      </p>
      {overall && requests > 0 && (
        <dl className="jp-Registry-totals">
          <Total name={trans.__('Requests')} value={count(requests)} />
          <Total name={trans.__('Rows')} value={count(overall.rows ?? 0)} />
          <Total name={trans.__('Refused (4xx)')} value={of(overall.client_errors)} />
          <Total name={trans.__('Failed (5xx)')} value={of(overall.server_errors)} />
          <Total name={trans.__('Half within')} value={ms(overall.response_ms?.p50)} />
          <Total name={trans.__('95 % within')} value={ms(overall.response_ms?.p95)} />
          <Total name={trans.__('99 % within')} value={ms(overall.response_ms?.p99)} />
          {last && (
            <Total name={trans.__('Last prediction')} value={ago(last)} title={full(last)} />
          )}
        </dl>
      )}
    </>
  );
}

function Total(props: { name: string; value: string; title?: string }): React.ReactElement {
  return (
    <div title={props.title}>
      <dt>{props.name}</dt>
      <dd>{props.value}</dd>
    </div>
  );
}
