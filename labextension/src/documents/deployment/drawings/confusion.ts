// The confusion matrix: what happened against what was predicted.
import type { TranslationBundle } from '@jupyterlab/translation';

import { type Drawing, leftAxis, numeric, themed } from '../../../charts/spec';
import { count, percent } from '../../../format/numbers';

/** Up to so many classes the cells carry their numbers. */
const MOST_NUMBERED = 12;

/** Counts by actual (rows) and predicted class; a cell is as dark as its share of its row. */
export function confusionMatrix(
  matrix: readonly (readonly number[])[],
  labels: readonly string[],
  note: string,
  trans: TranslationBundle
): Drawing {
  const rowTotals = matrix.map(row => row.reduce((a, b) => a + b, 0));
  const all = rowTotals.reduce((a, b) => a + b, 0);
  const right = matrix.reduce((sum, row, at) => sum + row[at], 0);
  const cells = matrix.flatMap((row, actual) =>
    row.map((n, predicted) => {
      const share = rowTotals[actual] ? n / rowTotals[actual] : 0;
      return {
        actual: labels[actual],
        predicted: labels[predicted],
        n,
        share,
        text: count(n),
        part: rowTotals[actual] ? percent(share) : ''
      };
    })
  );
  const cell = Math.max(26, Math.min(84, 420 / Math.max(1, labels.length)));
  const [xTitle, yTitle] = [trans.__('predicted class'), trans.__('actual class')];
  const long = labels.length > 2 && labels.some(label => label.length > 8);
  return {
    name: 'confusion-matrix',
    title: trans.__('Confusion matrix%1', note && `, ${note}`),
    description: trans.__(
      'Confusion matrix of %1 rows, %2 predicted right. Found of each actual class: %3',
      count(all),
      percent(all ? right / all : null),
      labels
        .slice(0, MOST_NUMBERED)
        .map((label, at) =>
          trans.__(
            '%1 %2 of %3',
            label,
            percent(rowTotals[at] ? matrix[at][at] / rowTotals[at] : null),
            count(rowTotals[at])
          )
        )
        .join(', ')
    ),
    height: Math.ceil(cell * labels.length + (long ? 130 : 60)),
    width: Math.ceil(cell * labels.length + 150),
    spec: (width, look) => {
      const side = Math.min(cell * labels.length, Math.max(100, width - 150));
      const encoding = {
        x: {
          field: 'predicted',
          type: 'nominal',
          sort: [...labels],
          axis: {
            title: xTitle,
            labelAngle: long ? -40 : 0,
            labelLimit: 110,
            domain: false,
            ticks: false
          }
        },
        y: {
          field: 'actual',
          type: 'nominal',
          sort: [...labels],
          axis: {
            ...leftAxis(yTitle),
            maxExtent: 120,
            labelLimit: 110,
            grid: false,
            domain: false,
            ticks: false
          }
        }
      };
      const ink = {
        condition: look.dark
          ? { test: 'datum.share > 0.65', value: '#111' }
          : { test: 'datum.share > 0.9', value: '#fff' },
        value: look.text
      };
      const numbered = labels.length <= MOST_NUMBERED;
      const small = labels.length > 6;
      return themed(
        {
          width: side,
          height: side,
          data: { values: cells },
          encoding,
          layer: [
            {
              mark: { type: 'rect', stroke: look.background, strokeWidth: 1.5 },
              encoding: {
                color: numeric('share', {
                  scale: {
                    domain: [0, 1],
                    range: [look.dark ? '#22272d' : '#f2f5f8', look.series[0]]
                  },
                  legend: null
                }),
                tooltip: [
                  { field: 'actual', title: yTitle },
                  { field: 'predicted', title: xTitle },
                  { field: 'text', title: trans.__('rows') },
                  { field: 'part', title: trans.__('of the actual class') }
                ]
              }
            },
            ...(numbered
              ? [
                  {
                    mark: {
                      type: 'text',
                      dy: small ? 0 : -8,
                      fontSize: look.fontSize + (small ? -2 : 2)
                    },
                    encoding: { text: { field: 'text' }, color: ink }
                  },
                  ...(small
                    ? []
                    : [
                        {
                          mark: { type: 'text', dy: 9 },
                          encoding: { text: { field: 'part' }, color: ink }
                        }
                      ])
                ]
              : [])
          ]
        },
        look,
        width
      );
    },
    table: {
      columns: [yTitle, xTitle, trans.__('rows'), trans.__('share of the actual class')],
      rows: cells.map(({ actual, predicted, n, share }) => [actual, predicted, n, share])
    }
  };
}
