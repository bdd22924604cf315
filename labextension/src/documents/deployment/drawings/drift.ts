// Drift: how far features moved against how important they are, over time, and bin by bin.
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Drift, DriftBucket, DriftRules, FeatureDrift } from '../../../api/types';
import {
  channel,
  type Datum,
  type Drawing,
  inner,
  leftAxis,
  limitLayers,
  lines,
  markRoom,
  middle,
  numeric,
  type Spec,
  themed,
  timeAxis,
  told,
  withMarks
} from '../../../charts/spec';
import { statusName } from '../../../components/StatusLight';
import { count, measure, percent } from '../../../format/numbers';
import { type Column, marksOf, panel, rowsAtFoot, stacked, tableOf } from './timeline';

/** Up to this index the axis is linear whatever is drawn. */
const LINEAR = 1;
/** Points that are named. */
const MOST_NAMED = 8;

/** The columns of a drift, features before what was predicted. */
export function columnsOf(drift: Drift): FeatureDrift[] {
  return [...(drift.features ?? []), ...(drift.target ? [drift.target] : [])];
}

/** The feature that moved most, unless one is chosen that there is. */
export function columnNamed(drift: Drift, name: string): FeatureDrift | undefined {
  const columns = columnsOf(drift);
  const moved = [...(drift.features ?? [])].sort((a, b) => (b.psi ?? -1) - (a.psi ?? -1));
  return columns.find(column => column.name === name) ?? moved[0] ?? columns[0];
}

function limits(rules: DriftRules, trans: TranslationBundle) {
  return (['failing', 'warning'] as const).map(status => ({
    value: rules[status],
    text: trans.__('%1 from %2', statusName(status, trans), rules[status])
  }));
}

/** The axis of the index: both limits are on it; small values keep their room beside large ones. */
function psiAxis(rules: DriftRules, highest: number, title: string): Spec {
  const linear = highest <= LINEAR;
  const { warning, failing } = rules;
  return numeric('value', {
    scale: linear
      ? { domain: [0, Math.max(1.1 * highest, 1.3 * failing)], nice: false }
      : { type: 'symlog', constant: failing, domain: [0, 1.4 * highest], nice: false },
    axis: leftAxis(
      title,
      linear
        ? {}
        : { values: [0, warning, failing, 0.5, 1, 2, 5, 10, 20], labelExpr: 'datum.value' }
    )
  });
}

/** Each feature's PSI against its importance: what alarms is at the top right. */
export function driftByImportance(
  drift: Drift,
  rules: DriftRules,
  trans: TranslationBundle
): Drawing {
  const drawn = (drift.features ?? []).filter(feature => typeof feature.psi === 'number');
  const known = drawn.some(feature => typeof feature.importance === 'number');
  const byPsi = [...drawn].sort((a, b) => (b.psi ?? 0) - (a.psi ?? 0));
  const named = new Set(
    byPsi
      .filter(one => one.status === 'failing' || one.status === 'warning')
      .slice(0, MOST_NAMED)
      .map(one => one.name)
  );
  const statuses = ['failing', 'warning', 'passing', 'unknown'] as const;
  const names = statuses.map(status => statusName(status, trans));
  const said = byPsi
    .slice(0, MOST_NAMED)
    .map(one =>
      trans.__(
        '%1 PSI %2, %3',
        one.name,
        measure(one.psi),
        statusName(one.status ?? 'unknown', trans)
      )
    );
  return {
    name: 'drift-by-importance',
    title: trans.__('Drift of features by their importance'),
    description: trans.__(
      'Population stability index of %1 features, %2 rows: %3',
      drawn.length,
      count(drift.n ?? 0),
      said.join('; ')
    ),
    height: 316,
    width: 720,
    spec: (width, look) => {
      const rows = byPsi.map((feature, at) => ({
        name: feature.name,
        label: named.has(feature.name) ? feature.name : '',
        // without importances the features stand beside each other, those that moved most first
        importance: known ? (feature.importance ?? 0) : (at + 0.5) / byPsi.length,
        value: feature.psi ?? 0,
        series: statusName(feature.status ?? 'unknown', trans),
        n: feature.n ?? 0
      }));
      const highest = byPsi[0]?.psi ?? 0;
      const y = psiAxis(rules, highest, trans.__('population stability index (PSI)'));
      const x = numeric('importance', {
        scale: { domain: [-0.03, 1.06], nice: false },
        axis: known
          ? {
              title: trans.__('importance (1 is the most important feature)'),
              values: [0, 0.25, 0.5, 0.75, 1],
              labelExpr: 'datum.value'
            }
          : {
              title: trans.__('features by PSI (the package does not say how important they are)'),
              labels: false,
              ticks: false
            }
      });
      const colours = [look.series[1], look.series[1], look.series[0], look.muted];
      return themed(
        {
          width: inner(width),
          height: 240,
          layer: [
            ...limitLayers(limits(rules, trans), y, look),
            {
              data: { values: rows },
              mark: { type: 'point', filled: true, size: 90, opacity: 0.95 },
              encoding: {
                x,
                y,
                color: channel(names, colours),
                shape: channel(names, ['diamond', 'triangle-up', 'circle', 'circle']),
                tooltip: [
                  { field: 'name', title: trans.__('feature') },
                  numeric('value', { format: '.3f', title: 'PSI' }),
                  ...(known
                    ? [
                        numeric('importance', {
                          format: '.3f',
                          title: trans.__('importance')
                        })
                      ]
                    : []),
                  numeric('n', { format: ',', title: trans.__('rows') })
                ]
              }
            },
            // names stand towards the middle, where they meet neither axis nor edge
            ...[true, false].map(left => ({
              data: { values: rows.filter(row => row.label && row.importance < 0.6 === left) },
              mark: {
                type: 'text',
                align: left ? 'left' : 'right',
                baseline: 'middle',
                dx: left ? 9 : -9,
                limit: 150
              },
              encoding: { x, y, text: { field: 'label' } }
            }))
          ]
        },
        look,
        width
      );
    },
    table: {
      columns: [
        trans.__('feature'),
        'PSI',
        trans.__('importance'),
        trans.__('status'),
        trans.__('rows')
      ],
      rows: columnsOf(drift).map(column => [
        column === drift.target ? trans.__('%1 (predicted)', column.name) : column.name,
        column.psi ?? null,
        column.importance ?? null,
        statusName(column.status ?? 'unknown', trans),
        column.n ?? 0
      ])
    }
  };
}

/** The PSI of what was predicted and of some features over time. */
export function driftOverTime(
  drift: Drift,
  features: readonly string[],
  rules: DriftRules,
  trans: TranslationBundle
): Drawing {
  const buckets = drift.buckets ?? [];
  const predictions = trans.__('the predictions');
  const series = [
    ...(buckets.some(bucket => typeof bucket.target === 'number')
      ? [{ name: predictions, values: buckets.map(bucket => bucket.target ?? null) }]
      : []),
    ...features.map(name => ({
      name,
      values: buckets.map(bucket => bucket.features?.[name] ?? null)
    }))
  ];
  const marks = marksOf(drift.replacements, trans);
  const highest = series
    .flatMap(one => one.values)
    .reduce<number>((a, b) => Math.max(a, b ?? 0), 0);
  const title = trans.__('population stability index (PSI)');
  return {
    name: 'drift-over-time',
    title: buckets.some(bucket => bucket.n > 0 && bucket.n < rules.least_rows)
      ? trans.__('Drift over time; hollow points are of fewer than %1 rows', rules.least_rows)
      : trans.__('Drift over time'),
    description: series.map(one => told(one.name, one.values, measure, trans)).join('; '),
    height: 340 + markRoom(marks),
    spec: (width, look) => {
      const names = series.map(one => one.name);
      const rows: Datum[] = buckets.flatMap((bucket, at) =>
        series.map(one => ({
          time: middle(bucket),
          series: one.name,
          value: one.values[at],
          few: bucket.n < rules.least_rows
        }))
      );
      const x = timeAxis(buckets, null, false);
      const y = psiAxis(rules, highest, title);
      const layer = [
        ...limitLayers(limits(rules, trans), y, look),
        ...withMarks(lines(rows, names, x, y, look, '.3f'), marks, x, width, look)
      ];
      const colour = look.dark ? '#8b96a1' : '#8a949e';
      const foot = [{ name: trans.__('rows'), colour, of: (bucket: DriftBucket) => bucket.n }];
      return stacked(
        [panel(190, layer, width), rowsAtFoot(buckets, foot, width, trans)],
        look,
        width
      );
    },
    table: tableOf(
      buckets,
      [
        [trans.__('rows'), at => buckets[at].n],
        ...series.map((one): Column => [trans.__('PSI of %1', one.name), at => one.values[at]])
      ],
      trans
    )
  };
}

/** A column's shares of rows by bin: the baseline's beside those predicted since. */
export function binsOf(column: FeatureDrift, isTarget: boolean, trans: TranslationBundle): Drawing {
  const bins = column.bins ?? [];
  const names = [trans.__('baseline'), trans.__('predicted since')];
  const index =
    typeof column.psi === 'number'
      ? trans.__('PSI %1, %2', measure(column.psi), statusName(column.status ?? 'unknown', trans))
      : trans.__('nothing was predicted yet');
  const name = isTarget ? trans.__('%1 (predicted)', column.name) : column.name;
  const moved = [...bins]
    .filter(bin => typeof bin.predicted === 'number')
    .sort(
      (a, b) =>
        Math.abs((b.predicted ?? 0) - b.baseline) - Math.abs((a.predicted ?? 0) - a.baseline)
    )
    .slice(0, 3)
    .map(bin =>
      trans.__('%1 from %2 to %3', bin.name, percent(bin.baseline), percent(bin.predicted))
    );
  const slanted = bins.reduce((sum, bin) => sum + bin.name.length, 0) > 50;
  return {
    name: `bins-of-${column.name}`,
    title: trans.__('%1: %2, %3 rows', name, index, count(column.n ?? 0)),
    description: trans.__('Shares of rows of %1 by bin. Moved most: %2', name, moved.join('; ')),
    height: slanted ? 350 : 290,
    width: 160 + 70 * Math.max(4, bins.length),
    spec: (width, look) => {
      const rows = bins.flatMap(bin => [
        { bin: bin.name, series: names[0], value: bin.baseline },
        ...(typeof bin.predicted === 'number'
          ? [{ bin: bin.name, series: names[1], value: bin.predicted }]
          : [])
      ]);
      return themed(
        {
          width: inner(width),
          height: 210,
          data: { values: rows },
          mark: { type: 'bar' },
          encoding: {
            x: {
              field: 'bin',
              type: 'nominal',
              sort: bins.map(bin => bin.name),
              scale: { paddingInner: 0.25 },
              axis: {
                title: trans.__('bins of %1', name),
                labelAngle: slanted ? -35 : 0,
                labelLimit: 130,
                labelOverlap: bins.length > 40 ? 'greedy' : false
              }
            },
            xOffset: { field: 'series', sort: [...names] },
            y: numeric('value', {
              axis: leftAxis(trans.__('share of rows'), { format: '.0%' })
            }),
            color: channel(names, [look.muted, look.series[0]]),
            tooltip: [
              { field: 'bin', title: trans.__('bin') },
              { field: 'series', title: ' ' },
              numeric('value', { format: '.1%', title: trans.__('share') })
            ]
          }
        },
        look,
        width
      );
    },
    table: {
      columns: [trans.__('bin'), ...names],
      rows: bins.map(bin => [bin.name, bin.baseline, bin.predicted ?? null])
    }
  };
}
