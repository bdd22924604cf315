// A binary target's ROC curve and cumulative gain with its lift, from score bins.
import type { TranslationBundle } from '@jupyterlab/translation';

import type { AccuracyDetails } from '../../../api/types';
import { shareSquare } from '../../../charts/shares';
import { type Drawing, numeric } from '../../../charts/spec';
import { measure, percent } from '../../../format/numbers';
import {
  areaUnder,
  confusionAt,
  corners,
  type Counted,
  cumulativeGain,
  roc,
  totals
} from '../../../monitoring/curves';

const DECILES = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];
/** Pixels of a square chart at most. */
const SIDE = 480;

/** True against false positive rate over all thresholds, with a ring at one. */
export function rocCurve(
  details: AccuracyDetails,
  bins: Counted,
  threshold: number | undefined,
  trans: TranslationBundle
): Drawing {
  const [positive, negative] = outcomes(details, trans);
  const points = roc(bins);
  const area = trans.__('AUC %1', areaUnder(points).toFixed(3));
  const { tp, fn, fp, tn } = confusionAt(bins, threshold ?? 0);
  const [fpr, tpr] = [fp / (fp + tn), tp / (tp + fn)];
  const ring = threshold === undefined ? '' : trans.__('threshold %1', measure(threshold));
  const names = [area, trans.__('at random')];
  return {
    name: 'roc',
    title: ring ? trans.__('ROC curve, ring at %1', ring) : trans.__('ROC curve'),
    description: ring
      ? trans.__(
          'ROC curve for %1: %2; at %3 it finds %4 with %5 false alarms',
          positive,
          area,
          ring,
          percent(tpr),
          percent(fpr)
        )
      : trans.__('ROC curve for %1: %2', positive, area),
    height: 350,
    width: SIDE,
    spec: (width, look) =>
      shareSquare(
        width,
        look,
        trans.__('false positive rate (share of actual “%1”)', negative),
        trans.__('true positive rate (share of actual “%1”)', positive),
        names,
        [
          ...corners(points).map(point => ({ x: point.fpr, y: point.tpr, series: names[0] })),
          { x: 0, y: 0, series: names[1] },
          { x: 1, y: 1, series: names[1] }
        ],
        [
          {
            data: { values: ring ? [{ x: fpr, y: tpr }] : [] },
            mark: {
              type: 'point',
              size: 150,
              strokeWidth: 2.5,
              filled: false,
              color: look.series[1]
            },
            encoding: {
              x: numeric('x'),
              y: numeric('y')
            }
          }
        ],
        [look.series[0], look.muted]
      ),
    table: {
      columns: [
        trans.__('threshold'),
        trans.__('false positive rate'),
        trans.__('true positive rate')
      ],
      rows: points.slice(1).map(point => [point.threshold, point.fpr, point.tpr])
    }
  };
}

/** What the positive and the negative outcome are called. */
function outcomes(details: AccuracyDetails, trans: TranslationBundle): [string, string] {
  if (details.target_type === 'anomaly') {
    return [trans.__('anomaly'), trans.__('no anomaly')];
  }
  const positive = details.positive_class ?? '';
  return [positive, details.class_labels?.find(label => label !== positive) ?? ''];
}

/** How many positives the rows of highest score hold, with the lift at each tenth of them. */
export function gainCurve(
  details: AccuracyDetails,
  bins: Counted,
  trans: TranslationBundle
): Drawing {
  const [positive] = outcomes(details, trans);
  const gain = cumulativeGain(bins, DECILES);
  const { positives, negatives } = totals(bins);
  const names = [trans.__('by score'), trans.__('best there could be'), trans.__('at random')];
  const lift = (at: number) => gain[at] / DECILES[at];
  return {
    name: 'lift',
    title: trans.__('Cumulative gain and lift'),
    description: trans.__(
      'Cumulative gain for %1: %2 of them in the first 10 % of rows, a lift of %3, and %4 in the first 20 %',
      positive,
      percent(gain[1]),
      lift(1).toFixed(1),
      percent(gain[2])
    ),
    height: 350,
    width: SIDE,
    spec: (width, look) =>
      shareSquare(
        width,
        look,
        trans.__('share of rows, highest score first'),
        trans.__('share of all actual “%1” found', positive),
        names,
        [
          ...DECILES.map((depth, at) => ({ x: depth, y: gain[at], series: names[0] })),
          { x: 0, y: 0, series: names[1] },
          { x: positives / (positives + negatives), y: 1, series: names[1] },
          { x: 1, y: 1, series: names[1] },
          { x: 0, y: 0, series: names[2] },
          { x: 1, y: 1, series: names[2] }
        ],
        [
          {
            data: {
              values: DECILES.slice(1, -1).map((depth, at) => ({
                x: depth,
                y: gain[at + 1],
                text: `${lift(at + 1).toFixed(1)}×`
              }))
            },
            layer: [
              {
                mark: { type: 'point', filled: true, size: 40, color: look.series[0], opacity: 1 }
              },
              {
                mark: { type: 'text', align: 'left', baseline: 'top', dx: 5, dy: 4 },
                encoding: { text: { field: 'text' } }
              }
            ],
            encoding: {
              x: numeric('x'),
              y: numeric('y')
            }
          }
        ],
        [look.series[0], look.series[2], look.muted]
      ),
    table: {
      columns: [trans.__('share of rows'), trans.__('share of positives'), trans.__('lift')],
      rows: DECILES.map((depth, at) => [depth, gain[at], at ? lift(at) : null])
    }
  };
}
