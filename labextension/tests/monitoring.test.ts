// What is chosen of time and packages, metrics in words, refreshes that do not crowd.
import { nullTranslator } from '@jupyterlab/translation';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Throttle } from '../src/events/throttle';
import { compared, firstMetric, metricNames } from '../src/monitoring/metrics';
import { EVERYTHING, isEverything, packagesOf, rangeError, rangeOf } from '../src/monitoring/spans';
import { RULES } from './rules';

const trans = nullTranslator.load('jupyter_registry');

describe('a span', () => {
  const NOW = new Date('2026-03-10T12:34:56.789Z');

  it('begins on a full hour, its days before now', () => {
    expect(rangeOf({ ...EVERYTHING, days: '7' }, NOW)).toEqual({
      start: '2026-03-03T12:00:00.000Z'
    });
    expect(rangeOf(EVERYTHING, NOW)).toEqual({});
  });

  it('is taken as UTC when it is given by its ends', () => {
    const span = {
      ...EVERYTHING,
      days: 'custom',
      start: '2026-03-01T00:00',
      end: '2026-03-02T06:30',
      package: '4'
    };
    expect(rangeOf(span)).toEqual({
      start: '2026-03-01T00:00:00.000Z',
      end: '2026-03-02T06:30:00.000Z',
      package_id: 4
    });
    expect(rangeError(span, trans)).toBeUndefined();
    expect(rangeError({ ...span, end: span.start }, trans)).toContain('after the start');
    expect(isEverything(span)).toBe(false);
    expect(isEverything({ ...EVERYTHING, days: 'custom' })).toBe(true);
    expect(isEverything({ ...EVERYTHING, package: '4' })).toBe(false);
  });
});

describe('a history', () => {
  const HISTORY = [
    { package_id: 1, package: 'm/1', start: '2026-01-01T00:00:00Z', note: '', user: '' },
    {
      package_id: 2,
      package: 'm/2',
      start: '2026-02-01T00:00:00Z',
      reason: 'data_drift' as const,
      note: '',
      user: ''
    },
    { package_id: 1, package: 'm/1', start: '2026-03-01T00:00:00Z', note: '', user: '' }
  ];
  it('has each package once, the newest first', () => {
    expect(packagesOf(HISTORY)).toEqual([
      { id: 1, name: 'm/1' },
      { id: 2, name: 'm/2' }
    ]);
  });
});

describe('a metric', () => {
  const value = (now: number | null, baseline: number | null, change: number | null) => ({
    value: now,
    n: 10,
    baseline,
    change_percent: change
  });

  it('is better or worse by its own direction', () => {
    expect(compared(RULES, 'binary', 'auc', value(0.9, 0.8, 12.5), trans)).toBe('12.5 % better');
    expect(compared(RULES, 'regression', 'rmse', value(9, 8, 12.5), trans)).toBe('12.5 % worse');
    expect(compared(RULES, 'regression', 'rmse', value(8, 8, 0), trans)).toBe('as the baseline');
    expect(compared(RULES, 'regression', 'mae', value(1, 0, null), trans)).toBe('worse');
    expect(compared(RULES, 'binary', 'auc', value(0.9, null, null), trans)).toBe('');
    expect(compared(RULES, 'binary', 'unheard of', value(0.9, 0.8, 12.5), trans)).toBe('');
  });

  it('is the first preferred one that is known', () => {
    expect(firstMetric(RULES, 'binary')).toBe('auc');
    expect(
      firstMetric(RULES, 'binary', { auc: value(null, null, null), accuracy: value(1, 1, 0) })
    ).toBe('accuracy');
    expect(firstMetric(RULES, 'regression')).toBe('rmse');
    expect(metricNames(RULES, 'multiclass', trans)).toEqual(['accuracy', 'log_loss', 'macro_f1']);
  });
});

describe('refreshes', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('come at once, then not more often than said, the last one too', () => {
    const call = vi.fn();
    const throttle = new Throttle(call, 2000);
    for (let at = 0; at < 10; at++) {
      throttle.ask();
      vi.advanceTimersByTime(100);
    }
    expect(call).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1000);
    expect(call).toHaveBeenCalledTimes(2);
    vi.advanceTimersByTime(10_000);
    expect(call).toHaveBeenCalledTimes(2);
    throttle.ask();
    expect(call).toHaveBeenCalledTimes(3);
    throttle.ask();
    throttle.dispose();
    vi.advanceTimersByTime(10_000);
    expect(call).toHaveBeenCalledTimes(3);
  });
});
