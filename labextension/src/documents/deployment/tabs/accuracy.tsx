// Of a deployment: how good its predictions were, over time and in detail.
import type React from 'react';

import type {
  Accuracy,
  Bucket,
  DeploymentPublic,
  MonitoringRules,
  SegmentColumn
} from '../../../api/types';
import { Chart } from '../../../charts/Chart';
import { useRegistry, useTrans } from '../../../components/context';
import { EmptyState } from '../../../components/EmptyState';
import { ProblemView } from '../../../components/ProblemView';
import { Spinner } from '../../../components/Progress';
import { useChoices } from '../../../components/useChoices';
import { measure } from '../../../format/numbers';
import { compared, firstMetric, metricNames, metricTitle } from '../../../monitoring/metrics';
import { EVERYTHING, isEverything, rangeError, rangeOf } from '../../../monitoring/spans';
import { useMemo } from '../../../react';
import type { PanelTab } from '../../../tokens';
import { Details } from '../AccuracyDetails';
import { metricOverTime, predictedAndActual, rowsTold } from '../drawings/overTime';
import { OverallTable } from '../OverallTable';
import { ofRows } from '../RowsOnly';
import { Picker, SpanPickers } from '../SpanPickers';
import { useMonitored } from '../useMonitored';

export const accuracy: PanelTab<DeploymentPublic> = {
  id: 'accuracy',
  rank: 10,
  label: trans => trans.__('Accuracy'),
  component: ofRows(AccuracyTab)
};

const NOTHING = { metric: '', column: '', value: '', threshold: '' };

function AccuracyTab({ entity }: { entity: DeploymentPublic }): React.ReactElement {
  const trans = useTrans();
  const { api } = useRegistry();
  const [choices, choose] = useChoices('accuracy', { ...EVERYTHING, ...NOTHING });
  const { metric: wanted, column, value, threshold, ...span } = choices;
  const error = rangeError(span, trans);
  const type = entity.target_type;
  // a series by hour is long: it comes with one metric, and sooner
  const hourly = span.bucket === 'hour';
  const answer = useMonitored(
    entity.id,
    async signal => {
      const query = {
        ...rangeOf(span),
        ...(column && value ? { segment: column, segment_value: value } : {})
      };
      const bucket = (span.bucket || undefined) as Bucket | undefined;
      const only = hourly ? wanted || firstMetric(await api.rules(), type) : '';
      const [found, details, segments] = await Promise.all([
        api.accuracy(
          entity.id,
          { ...query, bucket, ...(only ? { bucket_metric: [only] } : {}) },
          signal
        ),
        api.accuracyDetails(entity.id, query, signal),
        api.segments(entity.id, {}, signal)
      ]);
      return { found, details, segments: segments.columns ?? [], only };
    },
    [error ? 'as before' : JSON.stringify([span, column, value, hourly && wanted])]
  );
  const { data, history } = answer;
  const found = data?.read.found;
  const rules = data?.rules;
  const metric = wanted || (rules ? firstMetric(rules, type, found?.overall?.metrics) : '');
  // what is drawn is what was asked for, until the next answer is there
  const drawn = data?.read.only || metric;
  const overTime = useMemo(
    () => found && metricOverTime(found, drawn, trans),
    [found, drawn, trans]
  );
  const pairs = useMemo(
    () => found && predictedAndActual(found, entity, trans),
    // the entity is read anew with every row; what is drawn of it does not change
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [found, entity.id, trans]
  );
  const predicted = found?.overall?.n_predicted ?? 0;
  const matched = found?.overall?.n ?? 0;
  return (
    <>
      <SpanPickers time={trans.__('Predicted')} span={span} history={history} choose={choose}>
        <Picker
          label={trans.__('Metric')}
          value={metric}
          options={(rules ? metricNames(rules, type, trans) : []).map(name => [
            name,
            metricTitle(name, trans)
          ])}
          choose={name => choose({ metric: name })}
        />
      </SpanPickers>
      <SegmentPickers
        columns={data?.read.segments ?? []}
        column={column}
        value={value}
        choose={choose}
      />
      {answer.error !== undefined && <ProblemView error={answer.error} retry={answer.reload} />}
      {!data && answer.loading && <Spinner />}
      {data && found && predicted > 0 && (
        <Summary found={found} entity={entity} metric={metric} rules={data.rules} />
      )}
      {found && !matched && (
        <Nothing
          entity={entity}
          predicted={predicted}
          everything={isEverything(span)}
          part={value}
        />
      )}
      {overTime && matched > 0 && <Chart drawing={overTime} subject={entity.label} />}
      {pairs && predicted > 0 && <Chart drawing={pairs} subject={entity.label} />}
      {data && matched > 0 && (
        <>
          <Details
            details={data.read.details}
            subject={entity.label}
            threshold={threshold}
            setThreshold={text => choose({ threshold: text })}
          />
          <OverallTable
            rules={data.rules}
            type={type}
            metrics={data.read.found.overall?.metrics ?? {}}
          />
        </>
      )}
    </>
  );
}

function Summary(props: {
  found: Accuracy;
  entity: DeploymentPublic;
  metric: string;
  rules: MonitoringRules;
}): React.ReactElement {
  const trans = useTrans();
  const { found, entity, metric, rules } = props;
  const over = found.overall?.metrics?.[metric];
  const said = over && compared(rules, entity.target_type, metric, over, trans);
  return (
    <p className="jp-Registry-summary">
      {typeof over?.value === 'number' && (
        <>
          <span>
            {metricTitle(metric, trans)} <strong>{measure(over.value)}</strong>
          </span>
          <span>
            {said
              ? trans.__('%1 (baseline %2)', said, measure(over.baseline))
              : trans.__('no baseline')}
          </span>
        </>
      )}
      <span>{rowsTold(found, trans)}</span>
    </p>
  );
}

function Nothing(props: {
  entity: DeploymentPublic;
  predicted: number;
  everything: boolean;
  /** The segment's value. */
  part: string;
}): React.ReactElement {
  const trans = useTrans();
  const { entity, predicted, everything, part } = props;
  if (predicted) {
    return (
      <EmptyState title={trans.__('No actual has arrived yet')}>
        <p>{trans.__('Send what really happened in the tab Actuals, or in a notebook:')}</p>
        <code>
          {`deployment.actuals(data, association_id_column='${entity.association_id_column ?? 'id'}', value_column='${entity.target_name}')`}
        </code>
      </EmptyState>
    );
  }
  if (!everything || part) {
    return (
      <EmptyState title={trans.__('No prediction is of this part')}>
        {trans.__('Choose another time, package or segment.')}
      </EmptyState>
    );
  }
  const hosted = entity.kind !== 'external';
  return (
    <EmptyState
      title={
        hosted
          ? trans.__('No prediction has been made yet')
          : trans.__('No prediction has been reported yet')
      }
    >
      <p>
        {hosted
          ? trans.__('Ask for predictions in the tab Predict, or in a notebook:')
          : trans.__('Report what the outside host predicted, in a notebook:')}
      </p>
      <code>{hosted ? 'deployment.predict(data)' : 'deployment.report(data)'}</code>
    </EmptyState>
  );
}

/** A segment column, and one of its values; nothing while no predictions are kept by segments. */
function SegmentPickers(props: {
  columns: readonly SegmentColumn[];
  column: string;
  value: string;
  choose: (change: { column?: string; value?: string }) => void;
}): React.ReactElement | null {
  const trans = useTrans();
  const { columns, column, value, choose } = props;
  const filled = columns.filter(one => one.values?.length);
  if (!filled.length && !column) {
    return null;
  }
  const values = filled.find(one => one.name === column)?.values ?? [];
  return (
    <div className="jp-Registry-pickers" role="group" aria-label={trans.__('Which rows')}>
      <Picker
        label={trans.__('Segment')}
        value={column}
        options={[['', trans.__('all rows')], ...filled.map(one => [one.name, one.name] as const)]}
        choose={name =>
          choose({
            column: name,
            value: filled.find(one => one.name === name)?.values?.[0]?.value ?? ''
          })
        }
      />
      {column && (
        <Picker
          label={trans.__('Value')}
          value={value}
          options={values.map(one => [one.value, one.value] as const)}
          choose={one => choose({ value: one })}
        />
      )}
    </div>
  );
}
