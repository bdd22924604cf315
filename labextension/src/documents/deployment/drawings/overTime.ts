// Accuracy over time: one metric with its baseline and the replacements, sample sizes below; and
// what was predicted against what happened.
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Accuracy, DeploymentPublic } from '../../../api/types';
import type { Look } from '../../../charts/look';
import {
  type Datum,
  type Drawing,
  leftAxis,
  lines,
  markRoom,
  middle,
  numeric,
  span,
  type Spec,
  timeAxis,
  told,
  withMarks
} from '../../../charts/spec';
import { count, measure, percent } from '../../../format/numbers';
import { metricTitle } from '../../../monitoring/metrics';
import { type Column, marksOf, panel, rowsAtFoot, stacked, tableOf } from './timeline';

type Buckets = NonNullable<Accuracy['buckets']>;

/** Classes that are drawn of many: those that happen most. */
const MOST_CLASSES = 4;

/** The metric by bucket of prediction time. */
export function metricOverTime(
  accuracy: Accuracy,
  metric: string,
  trans: TranslationBundle
): Drawing {
  const buckets = accuracy.buckets ?? [];
  const title = metricTitle(metric, trans);
  const baselineName = trans.__('baseline');
  const marks = marksOf(accuracy.replacements, trans);
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
      const y = axis(leftAxis(title), span([...values, ...baselines]));
      const names = [title, ...(hasBaseline ? [baselineName] : [])];
      const rows = buckets.flatMap((bucket, at) => [
        { time: middle(bucket), series: title, value: values[at] },
        ...(hasBaseline
          ? [{ time: middle(bucket), series: baselineName, value: baselines[at] }]
          : [])
      ]);
      const layer = withMarks(lines(rows, names, x, y, look, '.4~g'), marks, x, width, look);
      return stacked([panel(210, layer, width), sizes(buckets, width, look, trans)], look, width);
    },
    table: tableOf(
      buckets,
      [
        [title, at => values[at]],
        [baselineName, at => baselines[at]],
        ...rowCounts(buckets, trans)
      ],
      trans
    )
  };
}

/** What is compared in a panel; only one of them where they are not of one kind. */
interface Pair {
  label: string;
  predicted?: (number | null)[];
  actual?: (number | null)[];
  isShare: boolean;
}

/**
 * Mean predicted and mean actual value; of two classes the mean probability and the share of
 * the positive one; of more, the shares of those that happen most, a panel each; of anomalies the
 * mean score, and below it the share of rows that were one.
 */
export function predictedAndActual(
  accuracy: Accuracy,
  deployment: DeploymentPublic,
  trans: TranslationBundle
): Drawing {
  const buckets = accuracy.buckets ?? [];
  const pairs = pairsOf(accuracy, deployment, trans);
  const marks = marksOf(accuracy.replacements, trans);
  const names = [trans.__('predicted'), trans.__('actual')];
  const linesOf = ({ predicted, actual }: Pair) =>
    [predicted, actual].flatMap((values, at) => (values ? [{ name: names[at], values }] : []));
  return {
    name: 'predicted-and-actual',
    title:
      deployment.target_type === 'anomaly'
        ? trans.__('Scores and anomalies over time')
        : trans.__('Predicted and actual over time'),
    description: pairs
      .map(pair => {
        const form = pair.isShare ? percent : measure;
        const said = linesOf(pair).map(({ name, values }) => told(name, values, form, trans));
        return `${pair.label}: ${said.join('; ')}`;
      })
      .join('. '),
    height: 150 + 156 * pairs.length + markRoom(marks),
    spec: (width, look) => {
      const x = timeAxis(buckets, null, false);
      const panels = pairs.map((pair, place): Spec => {
        const { label, isShare } = pair;
        const drawnHere = linesOf(pair);
        const rows: Datum[] = buckets.flatMap((bucket, at) =>
          drawnHere.map(({ name, values }) => ({
            time: middle(bucket),
            series: name,
            value: values[at]
          }))
        );
        const y = axis(
          leftAxis(label, isShare ? { format: '.0%', tickMinStep: 0.01 } : {}),
          span(
            drawnHere.flatMap(({ values }) => values),
            isShare
          )
        );
        const top = place === 0;
        const drawn = lines(rows, names, x, y, look, isShare ? '.1%' : '.4~g', top);
        return panel(140, withMarks(drawn, marks, x, width, look, top), width);
      });
      return stacked([...panels, sizes(buckets, width, look, trans)], look, width);
    },
    table: tableOf(
      buckets,
      [
        ...pairs.flatMap(pair =>
          linesOf(pair).map(
            ({ name, values }): Column => [`${name}, ${pair.label}`, at => values[at]]
          )
        ),
        ...rowCounts(buckets, trans)
      ],
      trans
    )
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
  if (deployment.target_type === 'anomaly') {
    return [
      { label: trans.__('mean score'), predicted: means.predicted, isShare: false },
      { label: trans.__('share of anomalies'), actual: means.actual, isShare: true }
    ];
  }
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
  const [pale, dark] = look.dark ? ['#5a6470', '#b9c4cf'] : ['#c5ccd3', '#5f6b77'];
  return rowsAtFoot(
    buckets,
    [
      { name: trans.__('rows predicted'), colour: pale, of: bucket => bucket.n_predicted },
      { name: trans.__('rows with actual'), colour: dark, of: bucket => bucket.n }
    ],
    width,
    trans
  );
}

function rowCounts(buckets: Buckets, trans: TranslationBundle): Column[] {
  return [
    [trans.__('with actual'), at => buckets[at].n],
    [trans.__('predicted'), at => buckets[at].n_predicted]
  ];
}

function axis(look: Spec, domain: [number, number] | undefined): Spec {
  const scale = { zero: false, nice: true, ...(domain ? { domain } : {}) };
  return numeric('value', { scale, axis: look });
}

/** One line: the metric over all, and the rows that it rests on. */
export function rowsTold(accuracy: Accuracy, trans: TranslationBundle): string {
  const predicted = accuracy.overall?.n_predicted ?? 0;
  const matched = accuracy.overall?.n ?? 0;
  return predicted
    ? trans.__('%1 of %2 predictions have their actual', count(matched), count(predicted))
    : trans.__('No predictions');
}
