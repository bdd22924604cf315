// Leaderboards without a server: ranking, progress in words, the form's checks and body.
import { nullTranslator } from '@jupyterlab/translation';
import { render, screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import type { BoardModelSummary, LeaderboardPublic, LeaderboardSummary } from '../src/api/types';
import type { Look } from '../src/charts/look';
import { leaderboardCode } from '../src/commands/code';
import { Blueprint } from '../src/documents/leaderboard/Blueprint';
import {
  importanceBars,
  partialDependence,
  scoreAgainstTime
} from '../src/documents/leaderboard/drawings';
import {
  compared,
  dependenceRows,
  greaterIsBetter,
  holdoutOf,
  ranked
} from '../src/documents/leaderboard/shape';
import {
  columnsMissing,
  draftLike,
  EMPTY,
  likelyTarget,
  trainBody,
  trainProblems
} from '../src/documents/leaderboard/trainDraft';
import { duration, progressText, shareDone } from '../src/documents/words';
import { leaderboardQuery } from '../src/sidebar/filters';
import { leaderboardTitle } from '../src/sidebar/leaderboardRow';
import { RULES } from './rules';

const LOOK: Look = {
  dark: false,
  font: 'sans-serif',
  fontSize: 12,
  text: '#222',
  muted: '#555',
  grid: '#ddd',
  background: '#fff',
  series: ['#0072B2', '#D55E00', '#007A5A', '#A34E80']
};
const trans = nullTranslator.load('jupyter_registry');

function model(number: number, auc: number | null, more: object = {}): BoardModelSummary {
  return {
    number,
    label: `model ${number}`,
    state: 'done',
    created_at: '2026-03-01T00:00:00Z',
    scoring_ms: 2 * number,
    validation: { auc: { mean: auc, spread: 0.01, n: 90 }, log_loss: { mean: auc, n: 90 } },
    ...more
  };
}

describe('ranking', () => {
  const models = [
    model(1, 0.7, { state: 'failed', reason: 'out of memory' }),
    model(2, null),
    model(3, 0.8),
    model(4, 0.9),
    model(5, 0.8)
  ];
  const order = (metric: string, greater: boolean) =>
    ranked(models, metric, greater).map(one => [one.model.number, one.rank]);

  it('goes by the metric’s own sense; without a score later, failed ones last', () => {
    const board = { target_type: 'binary' } as const;
    expect(greaterIsBetter(RULES, board, 'auc')).toBe(true);
    expect(greaterIsBetter(RULES, board, 'log_loss')).toBe(false);
    expect(order('auc', true)).toEqual([
      [4, 1],
      [3, 2],
      [5, 3],
      [2, undefined],
      [1, undefined]
    ]);
    expect(order('log_loss', false).slice(0, 3)).toEqual([
      [3, 1],
      [5, 2],
      [4, 3]
    ]);
    expect(order('unknown', true).every(([, rank]) => rank === undefined)).toBe(true);
  });

  it('knows nothing of a holdout that is sealed', () => {
    expect(holdoutOf(models[3], 'auc')).toBeUndefined();
    expect(holdoutOf(model(6, 0.9, { holdout: { auc: { value: 0.85, n: 80 } } }), 'auc')).toBe(
      0.85
    );
  });

  it('sets an older model beside a newer one, each metric in its own sense', () => {
    const old = {
      leaderboard_id: 3,
      number: 1,
      label: 'Forest',
      metrics: { auc: { value: 0.8, n: 80 }, log_loss: { value: 0.5, n: 80 } }
    };
    const holdout = { auc: { value: 0.85, n: 80 }, log_loss: { value: 0.75, n: 80 } };
    const found = compared(RULES, { target_type: 'binary' }, old, model(6, 0.9, { holdout }));
    const of = (metric: string) => found.find(one => one.metric === metric);
    expect(of('auc')).toMatchObject({ old: 0.8, new: 0.85, better: 'new' });
    expect(of('auc')?.difference).toBeCloseTo(0.05);
    expect(of('log_loss')).toMatchObject({ difference: 0.25, better: 'old' });
    const sealed = compared(RULES, { target_type: 'binary' }, old, model(6, 0.9));
    expect(sealed[0]).toMatchObject({ new: undefined, difference: undefined, better: undefined });
  });

  it('is drawn with those that have a score and a time', () => {
    const drawing = scoreAgainstTime(ranked(models, 'auc', true), 'auc', 4, trans);
    expect(drawing.table.rows).toEqual([
      ['model 4', 0.9, 8],
      ['model 3', 0.8, 6],
      ['model 5', 0.8, 10]
    ]);
    expect(drawing.description).toContain('The best, model 4, has 0.9 in 8 ms');
    expect(drawing.description).toContain('the fastest, model 3');
  });
});

describe('what a model tells', () => {
  it('has its features by importance', () => {
    const drawing = importanceBars({ age: 0.25, income: 1 }, trans);
    expect(drawing.table.rows).toEqual([
      ['income', 1],
      ['age', 0.25]
    ]);
  });

  it('has a line, or one per class', () => {
    expect(dependenceRows({ values: [1, 2], mean: [0.1, 0.2] }, [])).toEqual([
      { x: 1, value: 0.1, series: '' },
      { x: 2, value: 0.2, series: '' }
    ]);
    const found = { values: ['bus'], mean: [[0.25, 0.75]] };
    const drawing = partialDependence('way', found, ['a', 'b'], 'probability', trans);
    expect(drawing.table.columns).toEqual(['way', 'class', 'probability']);
    expect(drawing.table.rows).toEqual([
      ['bus', 'a', 0.25],
      ['bus', 'b', 0.75]
    ]);
  });

  it('shows its blueprint in order, long lists of columns cut', () => {
    const step = (name: string, columns: string[]) => ({
      step: name,
      kind: 'numeric',
      columns,
      text: ''
    });
    render(
      <Blueprint
        steps={[step('Numbers', ['a', 'b', 'c', 'd', 'e', 'f']), step('Forest', [])]}
        target="left"
      />
    );
    const text = screen.getByRole('list', { name: 'Blueprint' }).textContent ?? '';
    expect(text).toMatch(/Data.*Numbers.*a, b, c, d and 2 more.*Forest.*left/);
  });
});

describe('progress', () => {
  const shown = { name: 'left', state: 'running', time_budget: 60 } as LeaderboardSummary;
  const at = (progress: object, more: object = {}) => ({ ...shown, progress, ...more });

  it('goes by the time, or by models where none is known', () => {
    expect(shareDone(at({ seconds_left: 45 }))).toBe(0.25);
    expect(shareDone(at({ seconds_left: -1 }))).toBe(1);
    expect(shareDone(at({ done: 1, total: 4 }, { time_budget: null }))).toBe(0.25);
    expect(shareDone(at({}))).toBeUndefined();
  });

  it('is said with the time that is left', () => {
    expect(progressText(at({ text: 'Forest is trained.', seconds_left: 12.4 }), trans)).toBe(
      'Forest is trained. · 12 s left'
    );
    expect(progressText(at({}, { stop_requested: true }), trans)).toBe('It is being stopped.');
    expect(duration(125, trans)).toBe('2 min 5 s');
    expect(
      leaderboardTitle(
        at(
          { text: 'At work.' },
          {
            target_name: 'left',
            target_type: 'binary',
            metric: 'auc',
            created_at: '2026-03-01T00:00:00Z',
            created_by: 'ada',
            leader: 'Forest',
            leader_score: 0.91234
          }
        ),
        trans
      )
    ).toContain('Forest: AUC 0.9123');
  });
});

describe('the form', () => {
  const columns = ['age', 'left'];
  const draft = { ...EMPTY, target: 'left' };

  it('says what is missing, by field', () => {
    expect(Object.keys(trainProblems(EMPTY, false, [], trans))).toEqual(['file', 'target']);
    expect(trainProblems(draft, true, columns, trans)).toEqual({});
    expect(trainProblems({ ...draft, target: 'gone' }, true, columns, trans)).toHaveProperty(
      'target'
    );
    for (const budget of ['', '4.9', 'long']) {
      expect(trainProblems({ ...draft, budget }, true, columns, trans)).toHaveProperty('budget');
    }
    expect(trainProblems({ ...draft, name: '/' }, true, columns, trans)).toHaveProperty('name');
    expect(trainProblems({ ...draft, divide: 'time' }, true, columns, trans)).toHaveProperty(
      'column'
    );
  });

  it('sends what was chosen alone', () => {
    expect(trainBody(draft)).toEqual({ target_name: 'left', time_budget: 60, options: {} });
    expect(
      trainBody({
        ...draft,
        path: 'data/visits.csv',
        type: 'binary',
        metric: 'auc',
        divide: 'group',
        column: 'age',
        name: ' stays ',
        kernelspec: 'python3'
      })
    ).toEqual({
      target_name: 'left',
      time_budget: 60,
      contents: 'data/visits.csv',
      name: 'stays',
      kernelspec: 'python3',
      options: { target_type: 'binary', metric: 'auc', partition: 'group', group_column: 'age' }
    });
  });

  it('says what is left out, and the positive class of two alone', () => {
    const more = { ...draft, drop: ['id'], positive: ' yes ' };
    expect(trainBody(more).options).toEqual({ drop: ['id'], positive_class: 'yes' });
    expect(trainBody({ ...more, type: 'regression' }).options).toEqual({
      drop: ['id'],
      target_type: 'regression'
    });
  });

  it('begins with the recipe of what is trained again, and says what differs from it', () => {
    const board = {
      id: 3,
      name: 'stays',
      target_name: 'left',
      time_budget: 90,
      partition: { kind: 'time', column: 'at' },
      signature: [{ name: 'age' }, { name: 'income' }],
      recipe: { target: 'left', metric: 'log_loss', drop: ['id'], partition: 'time', folds: 3 }
    } as unknown as LeaderboardPublic;
    const again = draftLike(board);
    expect(again).toEqual({
      ...EMPTY,
      target: 'left',
      metric: 'log_loss',
      drop: ['id'],
      budget: '90',
      name: 'stays',
      divide: 'time',
      column: 'at'
    });
    const body = trainBody({ ...again, metric: '' }, board);
    expect(body.predecessor_id).toBe(3);
    expect(body.options).toEqual({
      target_type: null,
      positive_class: null,
      metric: null,
      drop: ['id'],
      partition: 'time',
      date_column: 'at',
      group_column: null
    });
    expect(trainBody({ ...again, target: 'stayed' }, board).options).toHaveProperty(
      'class_labels',
      null
    );
    expect(columnsMissing(board, ['age', 'left'])).toEqual(['income']);
    expect(columnsMissing(board, [])).toEqual([]); // they are not known
  });

  it('begins with a column that is called as targets are', () => {
    expect(likelyTarget(['age', 'Target'])).toBe('Target');
    expect(likelyTarget(columns)).toBe('');
  });
});

it('a leaderboard is asked for, and loaded in a notebook', () => {
  expect(leaderboardQuery({ q: ' x ', filters: { state: 'done' }, sort: 'name' })).toEqual({
    q: 'x',
    state: 'done',
    sort: 'name'
  });
  expect(leaderboardCode({ id: 7 })).toContain('.leaderboard(7)');
});

it('draws no line between categories', () => {
  const marks = [
    ['bus', 'car'],
    ['2025-03-01', '2025-04-01'],
    [1, 2]
  ].map(values => {
    const found = { values, mean: [0.1, 0.2] };
    const spec = partialDependence('x', found, [], 'y', trans).spec(400, LOOK);
    return (spec['mark'] as { type: string }).type;
  });
  expect(marks).toEqual(['point', 'line', 'line']);
});
