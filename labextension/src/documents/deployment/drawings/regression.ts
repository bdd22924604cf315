// A regression's sampled rows: predicted against actual values, and residuals.
import type { TranslationBundle } from '@jupyterlab/translation';

import type { AccuracyDetails } from '../../../api/types';
import { channel, type Drawing, leftAxis, numeric, themed } from '../../../charts/spec';
import { count, measure } from '../../../format/numbers';
import { histogram, leaning, median, residual } from '../../../monitoring/residuals';

const SIDE = 520;

function sampled(details: AccuracyDetails, trans: TranslationBundle): string {
  const shown = details.sample?.length ?? 0;
  const all = details.n ?? shown;
  return shown < all
    ? trans.__('%1 of %2 rows', count(shown), count(all))
    : trans.__('%1 rows', count(shown));
}

/** Each sampled row's prediction against what really came; right ones on the diagonal. */
export function predictedAgainstActual(
  details: AccuracyDetails,
  trans: TranslationBundle
): Drawing {
  const sample = details.sample ?? [];
  const values = sample.flatMap(row => [row.predicted, row.actual]);
  const low = values.reduce((a, b) => Math.min(a, b), Infinity);
  const high = values.reduce((a, b) => Math.max(a, b), -Infinity);
  const margin = 0.04 * (high - low) || 1;
  const domain = [low - margin, high + margin];
  const half = measure(median(sample.map(row => Math.abs(residual(row)))));
  return {
    name: 'predicted-against-actual',
    title: trans.__('Predicted against actual, %1', sampled(details, trans)),
    description: trans.__(
      'Predicted against actual values, %1: from %2 to %3; half of the errors are within %4',
      sampled(details, trans),
      measure(low),
      measure(high),
      half
    ),
    height: 370,
    width: SIDE,
    spec: (width, look) => {
      const side = Math.max(120, Math.min(width - 90, 290));
      const scale = { domain, nice: false, zero: false };
      const x = numeric('actual', {
        scale,
        axis: { title: trans.__('actual value'), grid: true, tickCount: 6 }
      });
      const y = numeric('predicted', {
        scale,
        axis: leftAxis(trans.__('predicted value'))
      });
      const exact = trans.__('exactly right');
      return themed(
        {
          width: side,
          height: side,
          layer: [
            {
              data: { values: sample.map(row => ({ ...row })) },
              mark: {
                type: 'circle',
                size: sample.length > 500 ? 16 : 28,
                opacity: sample.length > 500 ? 0.45 : 0.7,
                color: look.series[0]
              },
              encoding: {
                x,
                y,
                tooltip: [
                  { field: 'association_id', title: trans.__('association ID') },
                  numeric('predicted', {
                    format: '.4~g',
                    title: trans.__('predicted')
                  }),
                  numeric('actual', {
                    format: '.4~g',
                    title: trans.__('actual')
                  })
                ]
              }
            },
            {
              data: {
                values: domain.map(at => ({ actual: at, predicted: at, series: exact }))
              },
              mark: { type: 'line', strokeDash: [2, 3], strokeWidth: 1.5 },
              encoding: { x, y, color: channel([exact], [look.muted]) }
            }
          ]
        },
        look,
        width
      );
    },
    table: {
      columns: [
        trans.__('association ID'),
        trans.__('time of prediction (UTC)'),
        trans.__('predicted'),
        trans.__('actual'),
        trans.__('residual')
      ],
      rows: sample.map(row => [
        row.association_id,
        row.timestamp,
        row.predicted,
        row.actual,
        residual(row)
      ])
    }
  };
}

/** Residuals as a histogram; above zero, a prediction was too low. */
export function residualHistogram(details: AccuracyDetails, trans: TranslationBundle): Drawing {
  const residuals = (details.sample ?? []).map(residual);
  const bars = histogram(residuals);
  const mean = residuals.reduce((a, b) => a + b, 0) / (residuals.length || 1);
  const half = measure(median(residuals.map(Math.abs)));
  return {
    name: 'residuals',
    title: trans.__('Residuals, %1', sampled(details, trans)),
    description: trans.__(
      'Histogram of residuals, actual minus predicted: mean %1; half are within %2 of zero',
      measure(mean),
      half
    ),
    height: 330,
    width: SIDE,
    spec: (width, look) => {
      const meanName = trans.__('mean %1', measure(mean));
      const x = (field: string) =>
        numeric(field, {
          scale: { zero: false, nice: false },
          axis: { title: trans.__('residual, actual − predicted'), tickCount: 6 }
        });
      return themed(
        {
          width: Math.max(120, Math.min(width - 90, 400)),
          height: 240,
          layer: [
            {
              data: { values: bars.map(bar => ({ ...bar })) },
              mark: { type: 'bar', color: look.series[0], opacity: 0.85, binSpacing: 1 },
              encoding: {
                x: { ...x('low'), bin: { binned: true } },
                x2: { field: 'high' },
                y: numeric('n', {
                  axis: leftAxis(trans.__('rows'), { tickMinStep: 1 })
                }),
                tooltip: [
                  numeric('low', { format: '.4~g', title: trans.__('from') }),
                  numeric('high', { format: '.4~g', title: trans.__('to') }),
                  numeric('n', { title: trans.__('rows') })
                ]
              }
            },
            {
              data: { values: [{ at: mean, series: meanName }] },
              mark: { type: 'rule', strokeWidth: 2 },
              encoding: { x: x('at'), color: channel([meanName], [look.series[1]]) }
            }
          ]
        },
        look,
        width
      );
    },
    table: {
      columns: [trans.__('from'), trans.__('to'), trans.__('rows')],
      rows: bars.map(bar => [bar.low, bar.high, bar.n])
    }
  };
}

/** Residuals by what was predicted, with the medians of its tenths. */
export function residualsByPredicted(details: AccuracyDetails, trans: TranslationBundle): Drawing {
  const rows = (details.sample ?? []).map(row => ({
    predicted: row.predicted,
    residual: residual(row)
  }));
  const medians = leaning(details.sample ?? []);
  const [first, last] = [medians[0], medians[medians.length - 1]];
  return {
    name: 'residuals-by-predicted',
    title: trans.__('Residuals by predicted value'),
    description:
      trans.__('Residuals against predicted values') +
      (first
        ? trans.__(
            ': the median residual is %1 at low and %2 at high predictions',
            measure(first.residual),
            measure(last.residual)
          )
        : ''),
    height: 330,
    width: SIDE,
    spec: (width, look) => {
      const name = trans.__('median by tenth of rows');
      const x = numeric('predicted', {
        scale: { zero: false },
        axis: { title: trans.__('predicted value'), tickCount: 6 }
      });
      const y = numeric('residual', {
        axis: leftAxis(trans.__('residual, actual − predicted'))
      });
      return themed(
        {
          width: Math.max(120, Math.min(width - 90, 400)),
          height: 240,
          layer: [
            {
              data: { values: rows },
              mark: {
                type: 'circle',
                size: rows.length > 500 ? 16 : 28,
                opacity: rows.length > 500 ? 0.45 : 0.7,
                color: look.series[0]
              },
              encoding: { x, y }
            },
            {
              data: { values: medians.map(at => ({ ...at, series: name })) },
              mark: { type: 'line', strokeWidth: 2.5, point: { size: 50, shape: 'square' } },
              encoding: { x, y, color: channel([name], [look.series[1]]) }
            }
          ]
        },
        look,
        width
      );
    },
    table: {
      columns: [trans.__('predicted'), trans.__('residual')],
      rows: rows.map(row => [row.predicted, row.residual])
    }
  };
}
