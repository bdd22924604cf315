// All metrics over all rows, with their baselines and the change in percent.
import type React from 'react';

import type { MetricValue, MonitoringRules, TargetType } from '../../api/types';
import { useTrans } from '../../components/context';
import { RowsTable } from '../../components/RowsTable';
import { count, measure } from '../../format/numbers';
import { compared, metricNames, metricTitle } from '../../monitoring/metrics';

export function OverallTable(props: {
  rules: MonitoringRules;
  type: TargetType;
  metrics: Record<string, MetricValue>;
}): React.ReactElement {
  const trans = useTrans();
  const { rules, type, metrics } = props;
  return (
    <section aria-label={trans.__('Over all')}>
      <h2>{trans.__('Over all')}</h2>
      <RowsTable
        label={trans.__('Metrics')}
        columns={[
          trans.__('Metric'),
          trans.__('Value'),
          trans.__('Baseline'),
          trans.__('Change'),
          trans.__('Rows')
        ]}
        rows={metricNames(rules, type, trans)
          .filter(name => metrics[name])
          .map(name => [
            metricTitle(name, trans),
            measure(metrics[name].value),
            measure(metrics[name].baseline),
            compared(rules, type, name, metrics[name], trans) || '–',
            count(metrics[name].n)
          ])}
        numbers={[1, 2, 4]}
      />
    </section>
  );
}
