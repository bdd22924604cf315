// All metrics over all rows, with their baselines and the change in percent.
import React from 'react';

import type { MetricValue, TargetType } from '../../api/types';
import { useTrans } from '../../components/context';
import { count, measure } from '../../format/numbers';
import { compared, metricNames, metricTitle } from '../../monitoring/metrics';

export function OverallTable(props: {
  type: TargetType;
  metrics: Record<string, MetricValue>;
}): React.ReactElement {
  const trans = useTrans();
  const { type, metrics } = props;
  return (
    <section aria-label={trans.__('Over all')}>
      <h2>{trans.__('Over all')}</h2>
      <div
        className="jp-Registry-tableWide"
        tabIndex={0}
        role="region"
        aria-label={trans.__('Metrics')}
      >
        <table className="jp-Registry-table">
          <thead>
            <tr>
              <th scope="col">{trans.__('Metric')}</th>
              <th scope="col" className="jp-mod-number">
                {trans.__('Value')}
              </th>
              <th scope="col" className="jp-mod-number">
                {trans.__('Baseline')}
              </th>
              <th scope="col">{trans.__('Change')}</th>
              <th scope="col" className="jp-mod-number">
                {trans.__('Rows')}
              </th>
            </tr>
          </thead>
          <tbody>
            {metricNames(type, trans)
              .filter(name => metrics[name])
              .map(name => (
                <tr key={name}>
                  <th scope="row">{metricTitle(name, trans)}</th>
                  <td className="jp-mod-number">{measure(metrics[name].value)}</td>
                  <td className="jp-mod-number">{measure(metrics[name].baseline)}</td>
                  <td>{compared(type, name, metrics[name], trans) || '–'}</td>
                  <td className="jp-mod-number">{count(metrics[name].n)}</td>
                </tr>
              ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
