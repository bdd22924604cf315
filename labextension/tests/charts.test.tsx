// What charts are drawn from: their numbers, tables, files; and what stands where none is drawn.
import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { fireEvent, render, screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import type { Accuracy, DeploymentPublic, Drift, Health } from '../src/api/types';
import { Chart } from '../src/charts/Chart';
import { fileName, svgText } from '../src/charts/export';
import { isDark, type Look } from '../src/charts/look';
import { lonely, placed, span, told } from '../src/charts/spec';
import { csv } from '../src/charts/table';
import { DEFAULTS, SurroundingsProvider } from '../src/components/context';
import { confusionMatrix } from '../src/documents/deployment/drawings/confusion';
import {
  binsOf,
  columnNamed,
  driftByImportance,
  driftOverTime
} from '../src/documents/deployment/drawings/drift';
import {
  errorsOverTime,
  requestsOverTime,
  responseTimes
} from '../src/documents/deployment/drawings/health';
import { metricOverTime, predictedAndActual } from '../src/documents/deployment/drawings/overTime';
import type { IRegistry } from '../src/tokens';
import { RULES } from './rules';

const trans = nullTranslator.load('jupyter_registry');
const LOOK: Look = {
  dark: false,
  font: 'serif',
  fontSize: 12,
  text: '#111',
  muted: '#555',
  grid: '#ddd',
  background: 'white',
  series: ['#00f', '#f00', '#0f0', '#f0f']
};
const DAY = (day: number) => `2026-01-0${day}T00:00:00Z`;
const bucket = (day: number) => ({ start: DAY(day), end: DAY(day + 1) });

const ACCURACY: Accuracy = {
  deployment_id: 1,
  bucket: 'day',
  class_labels: ['no', 'yes'],
  buckets: [
    {
      ...bucket(1),
      n: 8,
      n_predicted: 10,
      metrics: { auc: { value: 0.8, n: 8, baseline: 0.75, change_percent: 6.7 } },
      mean_predicted: 0.4,
      predicted_shares: { no: 0.7, yes: 0.3 },
      actual_shares: { no: 0.5, yes: 0.5 }
    },
    { ...bucket(2), n: 0, n_predicted: 0 }
  ],
  replacements: [{ time: DAY(2), package_id: 2, package: 'm/2' }]
};
const DEPLOYMENT = {
  target_name: 'left',
  target_type: 'binary',
  positive_class: 'yes'
} as DeploymentPublic;

describe('accuracy', () => {
  it('over time has each bucket with its baseline and its rows, and gaps', () => {
    const drawing = metricOverTime(ACCURACY, 'auc', trans);
    expect(drawing.table.rows).toEqual([
      [DAY(1), DAY(2), 0.8, 0.75, 8, 10],
      [DAY(2), DAY(3), null, null, 0, 0]
    ]);
    expect(drawing.description).toContain('AUC between 0.8 and 0.8, last 0.8');
    expect(drawing.description).toContain('replaced: m/2');
    const text = JSON.stringify(drawing.spec(600, LOOK));
    expect(text).toContain('"text":"m/2"');
    expect(text).toContain('{"time":"2026-01-01T12:00:00.000Z","series":"baseline","value":0.75}');
    // alike for alike numbers: then nothing is drawn anew
    const again = metricOverTime(structuredClone(ACCURACY), 'auc', trans);
    expect(JSON.stringify(again.spec(600, LOOK))).toBe(text);
  });

  it('of two classes compares the mean probability with the share of the positive one', () => {
    const drawing = predictedAndActual(ACCURACY, DEPLOYMENT, trans);
    expect(drawing.table.rows[0]).toEqual([DAY(1), DAY(2), 0.4, 0.5, 8, 10]);
    expect(drawing.description).toContain('predicted between 40%');
  });

  it('of many classes has those that happen most, of numbers the means', () => {
    const labels = ['a', 'b', 'c', 'd', 'e', 'f'];
    const shares = { a: 0.05, b: 0.3, c: 0.1, d: 0.25, e: 0.2, f: 0.1 };
    const many = {
      ...ACCURACY,
      class_labels: labels,
      buckets: [{ ...bucket(1), n: 100, n_predicted: 100, actual_shares: shares }]
    };
    const columns = predictedAndActual(many, DEPLOYMENT, trans).table.columns;
    const drawn = columns.filter(name => name.startsWith('actual')).map(name => name.at(-2));
    expect(drawn).toEqual(['b', 'd', 'e', 'c']);

    const numbers = {
      ...ACCURACY,
      class_labels: [],
      buckets: [{ ...bucket(1), n: 1, n_predicted: 1, mean_predicted: 3, mean_actual: 4 }]
    };
    const means = predictedAndActual(numbers, DEPLOYMENT, trans);
    expect(means.table.rows[0].slice(2, 4)).toEqual([3, 4]);
    expect(means.description).toContain('mean left');

    // a score is compared with no anomaly: each has its panel
    const odd = { ...DEPLOYMENT, target_type: 'anomaly' } as DeploymentPublic;
    const scores = predictedAndActual(
      { ...numbers, buckets: [{ ...numbers.buckets[0], mean_actual: 0.25 }] },
      odd,
      trans
    );
    expect(scores.table.columns.slice(2, 4)).toEqual([
      'predicted, mean score',
      'actual, share of anomalies'
    ]);
    expect(scores.table.rows[0].slice(2, 4)).toEqual([3, 0.25]);
    expect(scores.description).toContain('share of anomalies: actual between 25% and 25%');
    expect((scores.spec(600, LOOK).vconcat as unknown[]).length).toBe(3);
  });

  it('in a confusion matrix has shares of the actual class', () => {
    const drawing = confusionMatrix(
      [
        [3, 1],
        [0, 0]
      ],
      ['no', 'yes'],
      '',
      trans
    );
    expect(drawing.table.rows).toEqual([
      ['no', 'no', 3, 0.75],
      ['no', 'yes', 1, 0.25],
      ['yes', 'no', 0, 0],
      ['yes', 'yes', 0, 0]
    ]);
    expect(drawing.description).toContain('4 rows, 75% predicted right');
  });
});

describe('service health', () => {
  const HEALTH: Health = {
    deployment_id: 1,
    bucket: 'day',
    buckets: [
      {
        ...bucket(1),
        requests: 10,
        rows: 100,
        client_errors: 2,
        server_errors: 1,
        response_ms: { p50: 5, p95: 50, p99: 90 },
        model_ms: { p50: 2 }
      },
      { ...bucket(2), requests: 0 }
    ]
  };

  it('stacks what failed, was refused and was answered', () => {
    const drawing = requestsOverTime(HEALTH, trans);
    const text = JSON.stringify(drawing.spec(600, LOOK));
    expect(text).toContain('"series":"failed (status 5xx)","low":0,"high":1');
    expect(text).toContain('"series":"refused (status 4xx)","low":1,"high":3');
    expect(text).toContain('"series":"answered","low":3,"high":10');
    expect(drawing.table.rows[0].slice(2)).toEqual([10, 100, 2, 1]);
  });

  it('has shares of errors, none where nothing was asked', () => {
    const drawing = errorsOverTime(HEALTH, RULES.health, trans);
    expect(drawing.table.rows).toEqual([
      [DAY(1), DAY(2), 0.2, 0.1],
      [DAY(2), DAY(3), null, null]
    ]);
    expect(JSON.stringify(drawing.spec(600, LOOK))).toContain('"values":[0,0.24,0.07,0.03,1]');
  });

  it('has a logarithmic axis where times lie far apart', () => {
    const drawing = responseTimes(HEALTH, trans);
    expect(drawing.table.rows[0].slice(2)).toEqual([90, 50, 5, 2]);
    expect(JSON.stringify(drawing.spec(600, LOOK))).toContain('"type":"log"');
  });
});

describe('drift', () => {
  const DRIFT: Drift = {
    deployment_id: 1,
    bucket: 'day',
    n: 200,
    status: 'failing',
    features: [
      { name: 'age', dtype: 'float', psi: 0.3, n: 200, importance: 1, status: 'failing' },
      { name: 'job', dtype: 'string', psi: 0.05, n: 200, importance: 0.2, status: 'passing' },
      { name: 'new', dtype: 'float', psi: null, n: 0 }
    ],
    target: {
      name: 'left',
      dtype: 'string',
      psi: 0.02,
      n: 200,
      status: 'passing',
      bins: [
        { name: 'no', baseline: 0.6, predicted: 0.5 },
        { name: 'yes', baseline: 0.4, predicted: 0.5 }
      ]
    },
    buckets: [{ ...bucket(1), n: 200, target: 0.02, features: { age: 0.3, job: 0.05 } }],
    replacements: [{ time: DAY(1), package_id: 2, package: 'm/2', reason: 'data_drift' }]
  };

  it('names what alarms, and has all columns in the table', () => {
    const drawing = driftByImportance(DRIFT, RULES.drift, trans);
    expect(drawing.table.rows).toEqual([
      ['age', 0.3, 1, 'failing', 200],
      ['job', 0.05, 0.2, 'passing', 200],
      ['new', null, null, 'not known', 0],
      ['left (predicted)', 0.02, null, 'passing', 200]
    ]);
    const text = JSON.stringify(drawing.spec(600, LOOK));
    expect(text).toContain('"label":"age"');
    expect(text).not.toContain('"label":"job"');
  });

  it('over time has the predictions and the features asked for', () => {
    const drawing = driftOverTime(DRIFT, ['job'], RULES.drift, trans);
    expect(drawing.table.columns.slice(3)).toEqual(['PSI of the predictions', 'PSI of job']);
    expect(drawing.table.rows[0].slice(2)).toEqual([200, 0.02, 0.05]);
    // by the server's limits, with its marks
    const text = JSON.stringify(drawing.spec(600, LOOK));
    expect(text).toContain('"text":"failing from 0.27"');
    expect(text).toContain('"few":true');
    expect(text).toContain('"text":"m/2 (data drift)"');
    expect(drawing.title).toContain('fewer than 250 rows');
  });

  it('by bin is of the column chosen, else of the feature that moved most', () => {
    expect(columnNamed(DRIFT, '')?.name).toBe('age');
    expect(columnNamed(DRIFT, 'left')).toBe(DRIFT.target);
    expect(columnNamed(DRIFT, 'gone')?.name).toBe('age');
    const drawing = binsOf(columnNamed(DRIFT, 'left')!, true, trans);
    expect(drawing.table.rows).toEqual([
      ['no', 0.6, 0.5],
      ['yes', 0.4, 0.5]
    ]);
    expect(drawing.description).toContain('no from 60% to 50%');
  });
});

describe('files and words', () => {
  it('quotes what a CSV reader would take apart', () => {
    const rows = [
      ['a,b', 1.5, null],
      ['say "so"', 0, 'x\ny']
    ];
    expect(csv({ columns: ['name', 'n', 'rest'], rows })).toBe(
      'name,n,rest\r\n"a,b",1.5,\r\n"say ""so""",0,"x\ny"\r\n'
    );
  });

  it('names files by letters, digits and dashes', () => {
    expect(fileName('Churn / 2026: AUC!')).toBe('churn-2026-auc');
    expect(fileName('///')).toBe('chart');
  });

  it('makes an SVG that stands alone', () => {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    const text = svgText(svg, 'A < B');
    expect(text).toContain('xmlns="http://www.w3.org/2000/svg"');
    expect(text).toContain('<title>A &lt; B</title>');
    expect(svg.childNodes).toHaveLength(0);
  });

  it('tells dark colours from light ones', () => {
    expect(['#111', '#111111', 'rgb(20, 20, 30)', 'black'].map(isDark)).toEqual(
      Array(4).fill(true)
    );
    expect(['white', '#fff', 'rgba(250, 250, 250, 1)'].map(isDark)).toEqual(Array(3).fill(false));
  });

  it('says a series by its ends, and finds points that no line shows', () => {
    expect(told('AUC', [0.7, null, 0.9, 0.8], String, trans)).toBe(
      'AUC between 0.7 and 0.9, last 0.8'
    );
    expect(told('AUC', [null], String, trans)).toBe('AUC not known');
    const rows = [1, 2, null, 3, null].map((value, time) => ({ time, series: 'a', value }));
    expect(lonely(rows, ['a'])).toEqual([{ time: 3, series: 'a', value: 3 }]);
  });

  it('gives values that lie close together an axis with room around them', () => {
    const [low, high] = span([0.782, null])!;
    expect(low).toBeCloseTo(0.7429, 4);
    expect(high).toBeCloseTo(0.8211, 4);
    expect(span([0.99, 1], true)).toEqual([expect.closeTo(0.945), 1]);
    expect(span([10, 20])).toEqual([10, 20]);
    expect(span([0])).toEqual([-0.05, 0.05]);
    expect(span([null])).toBeUndefined();
  });
});

describe('texts of marks', () => {
  const at = (day: number, text = 'model/2 (accuracy)') => ({ time: DAY(day), text });
  const domain: [number, number] = [Date.parse(DAY(1)), Date.parse(DAY(9))];

  it('stay within the chart, one above the other where they would meet', () => {
    const found = placed([at(2), at(3), at(9)], domain, 800, 12);
    expect(found.map(({ right, level }) => [right, level])).toEqual([
      [false, 0],
      [false, 1],
      [true, 0]
    ]);
    const crowd = Array.from({ length: 9 }, () => at(5));
    expect(Math.max(...placed(crowd, domain, 800, 12).map(one => one.level))).toBe(2);
  });
});

describe('a chart without a renderer', () => {
  it('says so and has its numbers', () => {
    render(
      <SurroundingsProvider
        value={{
          registry: {} as IRegistry,
          trans,
          commands: new CommandRegistry(),
          settings: DEFAULTS,
          rendermime: null
        }}
      >
        <Chart drawing={metricOverTime(ACCURACY, 'auc', trans)} subject="churn" />
      </SurroundingsProvider>
    );
    expect(screen.getByText(/need the Vega renderer/)).toBeDefined();
    expect(screen.getByRole('figure', { name: 'AUC over time' })).toBeDefined();
    expect(screen.getAllByRole('row')).toHaveLength(3);
    expect(screen.queryByRole('button', { name: 'Save as PNG' })).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: 'Table' }));
    expect(screen.getAllByRole('row')).toHaveLength(3);
  });
});
