// Accuracy over time: one metric with its baseline and the replacements, sample sizes below; and
// what was predicted against what happened.
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Accuracy, DeploymentPublic, ServicePeriod } from '../../../api/types';
import type { Look } from '../../../charts/look';
import {
  barEnds,
  bars,
  type Datum,
  type Drawing,
  inner,
  leftAxis,
  lines,
  markLayers,
  markRoom,
  middle,
  type Spec,
  themed,
  timeAxis,
  told
} from '../../../charts/spec';
import { count, measure, percent } from '../../../format/numbers';
import { metricTitle } from '../../../monitoring/metrics';
import { replacements } from '../../../monitoring/spans';

type Buckets = NonNullable<Accuracy['buckets']>;

/** Classes that are drawn of many: those that happen most. */
const MOST_CLASSES = 4;

/** The metric by bucket of prediction time. */
export function metricOverTime(
  accuracy: Accuracy,
  history: readonly ServicePeriod[],
  metric: string,
  trans: TranslationBundle
): Drawing {
  const buckets = accuracy.buckets ?? [];
  const title = metricTitle(metric, trans);
  const baselineName = trans.__('baseline');
  const marks = replacements(history, buckets, trans);
  const values = buckets.map(bucket => bucket.metrics?.[metric]?.value ?? null);
  const baselines = buckets.map(bucket => bucket.metrics?.[metric]?.baseline ?? null);
  const hasBaseline = baselines.some(value => value !== null);
  return {
    name: metric,
    title: trans.__('%1 over time', title),
    description: [
      trans.__('%1 by %2', title, accuracy.bucket),
      told(title, values, measure, trans),
      hasBaseline ? told(baselineName, baselines, measure, trans) : '',
      ...marks.map(mark => trans.__('replaced: %1', mark.text))
    ]
      .filter(Boolean)
      .join('; '),
    height: 376 + markRoom(marks),
    spec: (width, look) => {
      const x = timeAxis(buckets, null, false);
      const y = axis('value', leftAxis(title));
      const names = [title, ...(hasBaseline ? [baselineName] : [])];
      const rows = buckets.flatMap((bucket, at) => [
        { time: middle(bucket), series: title, value: values[at] },
        ...(hasBaseline
          ? [{ time: middle(bucket), series: baselineName, value: baselines[at] }]
          : [])
      ]);
      return themed(
        {
          vconcat: [
            {
              width: inner(width),
              height: 210,
              layer: [
                ...lines(rows, names, x, y, look, '.4~g'),
                ...markLayers(marks, x, width, look)
              ]
            },
            sizes(buckets, width, look, trans)
          ],
          spacing: 8,
          resolve: { scale: { color: 'independent', strokeDash: 'independent' } }
        },
        look,
        width
      );
    },
    table: {
      columns: [
        trans.__('start (UTC)'),
        trans.__('end (UTC)'),
        title,
        baselineName,
        trans.__('with actual'),
        trans.__('predicted')
      ],
      rows: buckets.map((bucket, at) => [
        bucket.start,
        bucket.end,
        values[at],
        baselines[at],
        bucket.n,
        bucket.n_predicted
      ])
    }
  };
}

interface Pair {
  label: string;
  predicted: (number | null)[];
  actual: (number | null)[];
  isShare: boolean;
}

/**
 * Mean predicted and mean actual value; of two classes the mean probability and the share of
 * the positive one; of more, the shares of those that happen most, a panel each.
 */
export function predictedAndActual(
  accuracy: Accuracy,
  history: readonly ServicePeriod[],
  deployment: DeploymentPublic,
  trans: TranslationBundle
): Drawing {
  const buckets = accuracy.buckets ?? [];
  const pairs = pairsOf(accuracy, deployment, trans);
  const marks = replacements(history, buckets, trans);
  const names = [trans.__('predicted'), trans.__('actual')];
  return {
    name: 'predicted-and-actual',
    title: trans.__('Predicted and actual over time'),
    description: pairs
      .map(({ label, predicted, actual, isShare }) => {
        const form = isShare ? percent : measure;
        return `${label}: ${told(names[0], predicted, form, trans)}; ${told(names[1], actual, form, trans)}`;
      })
      .join('. '),
    height: 150 + 156 * pairs.length + markRoom(marks),
    spec: (width, look) => {
      const x = timeAxis(buckets, null, false);
      const panels = pairs.map(({ label, predicted, actual, isShare }, place): Spec => {
        const rows: Datum[] = buckets.flatMap((bucket, at) => [
          { time: middle(bucket), series: names[0], value: predicted[at] },
          { time: middle(bucket), series: names[1], value: actual[at] }
        ]);
        const y = axis('value', leftAxis(label, isShare ? { format: '.0%' } : {}));
        return {
          width: inner(width),
          height: 140,
          layer: [
            ...lines(rows, names, x, y, look, isShare ? '.1%' : '.4~g', place === 0),
            ...markLayers(marks, x, width, look, place === 0)
          ]
        };
      });
      return themed(
        {
          vconcat: [...panels, sizes(buckets, width, look, trans)],
          spacing: 8,
          resolve: { scale: { color: 'independent', strokeDash: 'independent' } }
        },
        look,
        width
      );
    },
    table: {
      columns: [
        trans.__('start (UTC)'),
        trans.__('end (UTC)'),
        ...pairs.flatMap(({ label }) => [
          trans.__('predicted, %1', label),
          trans.__('actual, %1', label)
        ]),
        trans.__('with actual'),
        trans.__('predicted')
      ],
      rows: buckets.map((bucket, at) => [
        bucket.start,
        bucket.end,
        ...pairs.flatMap(({ predicted, actual }) => [predicted[at], actual[at]]),
        bucket.n,
        bucket.n_predicted
      ])
    }
  };
}

function pairsOf(
  accuracy: Accuracy,
  deployment: DeploymentPublic,
  trans: TranslationBundle
): Pair[] {
  const buckets = accuracy.buckets ?? [];
  const labels = accuracy.class_labels ?? [];
  const means = {
    predicted: buckets.map(bucket => bucket.mean_predicted ?? null),
    actual: buckets.map(bucket => bucket.mean_actual ?? null)
  };
  if (!labels.length) {
    return [{ label: trans.__('mean %1', deployment.target_name), ...means, isShare: false }];
  }
  const shares = (label: string): Pair => ({
    label: trans.__('share of “%1”', label),
    predicted: buckets.map(bucket => bucket.predicted_shares?.[label] ?? null),
    actual: buckets.map(bucket => bucket.actual_shares?.[label] ?? null),
    isShare: true
  });
  const positive = deployment.positive_class;
  if (labels.length === 2 && positive) {
    const own = shares(positive);
    return [
      means.predicted.some(value => value !== null) ? { ...own, predicted: means.predicted } : own
    ];
  }
  const happened = (label: string) =>
    buckets.reduce((sum, bucket) => sum + bucket.n * (bucket.actual_shares?.[label] ?? 0), 0);
  return [...labels]
    .sort((a, b) => happened(b) - happened(a))
    .slice(0, MOST_CLASSES)
    .map(shares);
}

/** Bars of the rows predicted, filled as far as their actual has come. */
function sizes(buckets: Buckets, width: number, look: Look, trans: TranslationBundle): Spec {
  const names = [trans.__('rows predicted'), trans.__('rows with actual')];
  const rows = buckets.flatMap(bucket => [
    { ...barEnds(bucket), series: names[0], low: 0, high: bucket.n_predicted },
    { ...barEnds(bucket), series: names[1], low: 0, high: bucket.n }
  ]);
  const form = { format: '~s', tickCount: 3, tickMinStep: 1 };
  return {
    width: inner(width),
    height: 56,
    ...bars(
      rows,
      names,
      look.dark ? ['#5a6470', '#b9c4cf'] : ['#c5ccd3', '#5f6b77'],
      timeAxis(buckets, trans.__('time of prediction (UTC)')),
      leftAxis(trans.__('rows'), form)
    )
  };
}

function axis(field: string, look: Spec): Spec {
  return { field, type: 'quantitative', scale: { zero: false, nice: true }, axis: look };
}

/** One line: the metric over all, and the rows that it rests on. */
export function rowsTold(accuracy: Accuracy, trans: TranslationBundle): string {
  const predicted = accuracy.overall?.n_predicted ?? 0;
  const matched = accuracy.overall?.n ?? 0;
  return predicted
    ? trans.__('%1 of %2 predictions have their actual', count(matched), count(predicted))
    : trans.__('No predictions');
}
