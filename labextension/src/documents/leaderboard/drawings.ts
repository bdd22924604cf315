// A leaderboard's charts: accuracy against speed, and what one model tells of itself.
import type { TranslationBundle } from '@jupyterlab/translation';

import { DASHES, type Look, SHAPES } from '../../charts/look';
import { shareSquare } from '../../charts/shares';
import {
  channel,
  type Datum,
  type Drawing,
  inner,
  leftAxis,
  numeric,
  type Spec,
  themed
} from '../../charts/spec';
import { measure, percent } from '../../format/numbers';
import { metricTitle } from '../../monitoring/metrics';
import { dependenceRows, type Details, type Ranked } from './shape';

/** Pixels of a chart of one model at most. */
const SIDE = 460;
/** Moments, as ISO 8601 has them. */
const DATE = /^\d{4}-\d\d-\d\d/;
/** Features of which the importance is drawn. */
const MOST_FEATURES = 15;

/** Each model's score against the time that it needs to score; the selected one filled. */
export function scoreAgainstTime(
  models: readonly Ranked[],
  metric: string,
  selected: number | undefined,
  trans: TranslationBundle
): Drawing {
  const title = metricTitle(metric, trans);
  const points = models.flatMap(({ model, score }) =>
    score === undefined || !model.scoring_ms
      ? []
      : [
          {
            x: model.scoring_ms,
            y: score,
            label: model.label,
            number: model.number
          }
        ]
  );
  const fastest = points.reduce<(typeof points)[number] | undefined>(
    (a, b) => (a && a.x <= b.x ? a : b),
    undefined
  );
  // of more the texts would lie upon each other
  const named = [points[0]?.number, fastest?.number, selected].filter(
    (number): number is number => number !== undefined
  );
  const [xTitle, best] = [trans.__('milliseconds per 1,000 rows'), points[0]];
  return {
    name: 'score-against-time',
    title: trans.__('%1 against scoring time', title),
    description:
      best && fastest
        ? trans.__(
            '%1 models. The best, %2, has %3 in %4 ms per 1,000 rows; the fastest, %5, has %6 in %7 ms',
            points.length,
            best.label,
            measure(best.y),
            measure(best.x),
            fastest.label,
            measure(fastest.y),
            measure(fastest.x)
          )
        : trans.__('No model yet'),
    height: 270,
    width: 760,
    spec: (width, look) => {
      const x = numeric('x', {
        scale: { type: 'log', nice: false, padding: 24 },
        axis: { title: xTitle, tickCount: 5 }
      });
      const y = numeric('y', {
        scale: { zero: false, nice: true },
        axis: leftAxis(title)
      });
      const tooltip = [
        { field: 'label', title: ' ' },
        numeric('y', { format: '.4~g', title }),
        numeric('x', { format: '.3~g', title: xTitle })
      ];
      return themed(
        {
          width: inner(width),
          height: 200,
          data: { values: points },
          layer: [
            {
              mark: { type: 'point', size: 90, strokeWidth: 2, opacity: 1 },
              encoding: {
                x,
                y,
                stroke: { value: look.series[0] },
                fill: {
                  condition: { test: `datum.number === ${selected ?? 0}`, value: look.series[0] },
                  value: look.background
                },
                tooltip
              }
            },
            {
              mark: { type: 'text', align: 'left', dx: 6, dy: -8, limit: 150 },
              transform: [{ filter: { field: 'number', oneOf: named } }],
              encoding: { x, y, text: { field: 'label' } }
            }
          ]
        },
        look,
        width
      );
    },
    table: {
      columns: [trans.__('model'), title, xTitle],
      rows: points.map(point => [point.label, point.y, point.x])
    }
  };
}

/** Bars of the leading features. */
export function importanceBars(
  importance: NonNullable<Details['importance']>,
  trans: TranslationBundle
): Drawing {
  const all = Object.entries(importance).sort(([, a], [, b]) => b - a);
  const shown = all.slice(0, MOST_FEATURES);
  return {
    name: 'importance',
    title: trans.__('Permutation importance'),
    description: trans.__(
      'Importance of features, the largest 100 %: %1',
      shown.map(([name, value]) => `${name} ${percent(value)}`).join(', ')
    ),
    height: 60 + 20 * shown.length,
    width: SIDE,
    spec: (width, look) =>
      themed(
        {
          width: Math.max(80, width - 160),
          height: 20 * shown.length,
          data: { values: shown.map(([name, value]) => ({ name, value })) },
          mark: { type: 'bar', color: look.series[0] },
          encoding: {
            y: {
              field: 'name',
              type: 'nominal',
              sort: null,
              axis: { title: null, labelLimit: 130, domain: false, ticks: false }
            },
            x: numeric('value', {
              scale: { domain: [0, 1] },
              axis: { title: trans.__('share of the largest'), format: '.0%', tickCount: 5 }
            }),
            tooltip: [
              { field: 'name', title: ' ' },
              numeric('value', { format: '.1%', title: '  ' })
            ]
          }
        },
        look,
        width
      ),
    table: { columns: [trans.__('feature'), trans.__('importance')], rows: all }
  };
}

export function rocCurve(roc: NonNullable<Details['roc']>, trans: TranslationBundle): Drawing {
  const names = [trans.__('the model'), trans.__('at random')];
  const [x, y] = [trans.__('false positive rate'), trans.__('true positive rate')];
  const at = roc.fpr.findIndex(value => value >= 0.1);
  return {
    name: 'roc',
    title: trans.__('ROC curve, of validation rows'),
    description: trans.__(
      'ROC curve: about %1 of the positives are found with 10 % of false alarms',
      percent(roc.tpr[at])
    ),
    height: 350,
    width: SIDE,
    spec: (width, look) =>
      shareSquare(
        width,
        look,
        x,
        y,
        names,
        [
          ...roc.fpr.map((fpr, place) => ({ x: fpr, y: roc.tpr[place], series: names[0] })),
          { x: 0, y: 0, series: names[1] },
          { x: 1, y: 1, series: names[1] }
        ],
        [],
        [look.series[0], look.muted]
      ),
    table: { columns: [x, y], rows: roc.fpr.map((fpr, place) => [fpr, roc.tpr[place]]) }
  };
}

export function liftCurve(lift: NonNullable<Details['lift']>, trans: TranslationBundle): Drawing {
  const names = [trans.__('by score'), trans.__('at random')];
  const [x, y] = [
    trans.__('share of rows, highest score first'),
    trans.__('share of all positives found')
  ];
  return {
    name: 'lift',
    title: trans.__('Cumulative gain, lift %1 at 10 %', measure(lift.lift[0])),
    description: trans.__(
      'Cumulative gain: %1 of the positives in the first 10 % of rows, a lift of %2',
      percent(lift.gain[0]),
      measure(lift.lift[0])
    ),
    height: 350,
    width: SIDE,
    spec: (width, look) =>
      shareSquare(
        width,
        look,
        x,
        y,
        names,
        [
          { x: 0, y: 0, series: names[0] },
          ...lift.depth.map((depth, at) => ({ x: depth, y: lift.gain[at], series: names[0] })),
          { x: 0, y: 0, series: names[1] },
          { x: 1, y: 1, series: names[1] }
        ],
        [],
        [look.series[0], look.muted]
      ),
    table: {
      columns: [x, y, trans.__('lift')],
      rows: lift.depth.map((depth, at) => [depth, lift.gain[at], lift.lift[at]])
    }
  };
}

/** The score by the number of training rows. */
export function learningCurve(
  points: NonNullable<Details['learning_curve']>,
  metric: string,
  trans: TranslationBundle
): Drawing {
  const [x, y] = [trans.__('training rows'), metricTitle(metric, trans)];
  return {
    name: 'learning-curve',
    title: trans.__('Learning curve'),
    description: trans.__(
      '%1 by training rows: %2',
      y,
      points.map(({ rows, score }) => `${rows}: ${measure(score)}`).join(', ')
    ),
    height: 260,
    width: SIDE,
    spec: (width, look) =>
      line(
        width,
        look,
        { title: x, quantitative: true },
        y,
        [''],
        points.map(({ rows, score }) => ({ x: rows, value: score, series: '' }))
      ),
    table: { columns: [x, y], rows: points.map(({ rows, score }) => [rows, score]) }
  };
}

/** The mean prediction by the values of one feature. */
export function partialDependence(
  feature: string,
  found: NonNullable<Details['partial_dependence']>[string],
  labels: readonly string[],
  predicted: string,
  trans: TranslationBundle
): Drawing {
  const rows = dependenceRows(found, labels);
  const names = [...new Set(rows.map(({ series }) => series))];
  const values = rows.map(({ value }) => value);
  return {
    name: `dependence-${feature}`,
    title: trans.__('Partial dependence on %1', feature),
    description: trans.__(
      'Mean of %1 by %2: from %3 to %4',
      predicted,
      feature,
      measure(Math.min(...values)),
      measure(Math.max(...values))
    ),
    height: 270,
    width: SIDE,
    spec: (width, look) =>
      line(
        width,
        look,
        { title: feature, quantitative: found.values.every(one => typeof one === 'number') },
        predicted,
        names,
        rows
      ),
    table: {
      columns: [feature, ...(names.length > 1 ? [trans.__('class')] : []), predicted],
      rows: rows.map(({ x, series, value }) => (names.length > 1 ? [x, series, value] : [x, value]))
    }
  };
}

function line(
  width: number,
  look: Look,
  x: { title: string; quantitative: boolean },
  yTitle: string,
  names: readonly string[],
  values: Datum[]
): Spec {
  const several = names.length > 1;
  // of categories no value lies between two
  const ordered = x.quantitative || values.every(({ x }) => DATE.test(String(x)));
  const series = several
    ? {
        color: channel(names, look.series),
        ...(ordered ? { strokeDash: channel(names, DASHES) } : { shape: channel(names, SHAPES) })
      }
    : { color: { value: look.series[0] } };
  return themed(
    {
      width: inner(width),
      height: several ? 170 : 190,
      data: { values },
      mark: ordered
        ? { type: 'line', point: { size: 40 }, strokeWidth: 2 }
        : { type: 'point', filled: true, size: 90, opacity: 1 },
      encoding: {
        x: {
          field: 'x',
          type: x.quantitative ? 'quantitative' : 'ordinal',
          ...(x.quantitative ? { scale: { zero: false, nice: false } } : { sort: null }),
          axis: { title: x.title, labelLimit: 90, tickCount: 6 }
        },
        y: numeric('value', {
          scale: { zero: false, nice: true },
          axis: leftAxis(yTitle)
        }),
        ...series
      }
    },
    look,
    width
  );
}
