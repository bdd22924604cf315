// Of a package: its metrics on the holdout, and what the data looked like that it was made with.
import type React from 'react';

import type { PackagePublic } from '../../../api/types';
import { useTrans } from '../../../components/context';
import { EmptyState } from '../../../components/EmptyState';
import { Facts } from '../../../components/Facts';
import { RowsTable } from '../../../components/RowsTable';
import { count, measure, percent } from '../../../format/numbers';
import { day } from '../../../format/times';
import { metricTitle } from '../../../monitoring/metrics';
import type { PanelTab } from '../../../tokens';
import { Distribution } from '../Distribution';
import { baselineOf, type Histogram } from '../shape';

export const metrics: PanelTab<PackagePublic> = {
  id: 'metrics',
  rank: 30,
  label: trans => trans.__('Metrics'),
  component: Metrics
};

function Metrics({ entity }: { entity: PackagePublic }): React.ReactElement {
  const trans = useTrans();
  const baseline = baselineOf(entity);
  const measured = Object.entries(baseline.metrics ?? {});
  const features = Object.entries(baseline.features ?? {});
  const rows = baseline.rows ?? {};
  if (!measured.length && !features.length && !baseline.target) {
    return (
      <EmptyState title={trans.__('There is no baseline.')}>
        {trans.__(
          'It was registered without training and holdout data: accuracy and drift have nothing to be compared with.'
        )}
      </EmptyState>
    );
  }
  return (
    <>
      <Facts
        facts={[
          [trans.__('Training rows'), rows.training ? count(rows.training) : undefined],
          [trans.__('Holdout rows'), rows.holdout ? count(rows.holdout) : undefined]
        ]}
      />
      <h2 className="jp-Registry-partTitle">{trans.__('On the holdout')}</h2>
      {measured.length ? (
        <RowsTable
          label={trans.__('Metrics on the holdout')}
          columns={[trans.__('Metric'), trans.__('Value'), trans.__('Rows')]}
          rows={measured.map(([name, { value, n }]) => [
            metricTitle(name, trans),
            measure(value),
            n === undefined ? '–' : count(n)
          ])}
          numbers={[1, 2]}
        />
      ) : (
        <p className="jp-Registry-muted jp-Registry-inset">
          {trans.__('It was registered without a holdout that could be scored.')}
        </p>
      )}
      {(features.length > 0 || baseline.target) && (
        <>
          <h2 className="jp-Registry-partTitle">
            {rows.training ? trans.__('In the training data') : trans.__('In the holdout')}
          </h2>
          <RowsTable
            label={trans.__('Columns of the data')}
            columns={[
              trans.__('Column'),
              trans.__('Distribution'),
              trans.__('Missing'),
              trans.__('Mean'),
              trans.__('Least'),
              trans.__('Most'),
              trans.__('Importance')
            ]}
            rows={[
              ...(baseline.target
                ? [row(trans.__('%1 (target)', entity.target_name), baseline.target)]
                : []),
              ...features.sort(byImportance).map(([name, histogram]) => row(name, histogram))
            ]}
            numbers={[2, 3, 4, 5, 6]}
          />
        </>
      )}
    </>
  );
}

function byImportance([, a]: [string, Histogram], [, b]: [string, Histogram]): number {
  return (b.importance ?? -1) - (a.importance ?? -1);
}

function row(name: string, histogram: Histogram): React.ReactNode[] {
  const { n = 0, missing = 0, mean, min, max, importance, dtype } = histogram;
  // moments of times are in seconds since 1970
  const value = (number: number | null | undefined) =>
    dtype === 'datetime' && typeof number === 'number'
      ? day(new Date(number * 1000))
      : measure(number);
  return [
    name,
    <Distribution key="distribution" name={name} histogram={histogram} />,
    n ? percent(missing / n) : '–',
    value(mean),
    value(min),
    value(max),
    importance === undefined ? '–' : percent(importance)
  ];
}
