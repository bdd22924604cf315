// Curves and residuals against scikit-learn's and NumPy's numbers of the same rows.
import { describe, expect, it } from 'vitest';

import {
  areaUnder,
  confusionAt,
  corners,
  counted,
  cumulativeGain,
  matrixOf,
  rates,
  roc
} from '../src/monitoring/curves';
import { histogram, leaning, quantile } from '../src/monitoring/residuals';

/** 10 rows of scores 0.1 to 0.9 with ties, in no order, one score in two bins. */
const BINS = counted([
  { score: 0.8, positives: 1, negatives: 0 },
  { score: 0.1, positives: 0, negatives: 1 },
  { score: 0.2, positives: 1, negatives: 1 },
  { score: 0.35, positives: 0, negatives: 1 },
  { score: 0.5, positives: 1, negatives: 0 },
  { score: 0.5, positives: 0, negatives: 1 },
  { score: 0.6, positives: 1, negatives: 0 },
  { score: 0.9, positives: 1, negatives: 1 }
]);

describe('a binary target', () => {
  it('has the points and the area of roc_curve and roc_auc_score', () => {
    const points = roc(BINS);
    expect(points.map(point => point.fpr)).toEqual([0, 0.2, 0.2, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(points.map(point => point.tpr)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 0.8, 1, 1]);
    expect(points.map(point => point.threshold)).toEqual([
      Infinity,
      0.9,
      0.8,
      0.6,
      0.5,
      0.35,
      0.2,
      0.1
    ]);
    expect(areaUnder(points)).toBeCloseTo(0.7, 12);
    expect(areaUnder(corners(points))).toBeCloseTo(0.7, 12);
    expect(corners(points).map(point => point.threshold)).not.toContain(0.8);
    expect(roc(counted([{ score: 0.3, positives: 4, negatives: 0 }]))).toEqual([]);
  });

  it('counts a score at the threshold as predicted, and has the metrics of scikit-learn', () => {
    const found = confusionAt(BINS, 0.5);
    expect(found).toEqual({ tn: 3, fp: 2, fn: 1, tp: 4 });
    expect(matrixOf(found, true)).toEqual([
      [3, 2],
      [1, 4]
    ]);
    expect(matrixOf(found, false)).toEqual([
      [4, 1],
      [2, 3]
    ]);
    const { mcc, balanced_accuracy: balanced, f1, fpr, precision, recall, accuracy } = rates(found);
    expect(mcc).toBeCloseTo(0.408248290463863, 12);
    expect(balanced).toBeCloseTo(0.7, 12);
    expect(f1).toBeCloseTo(0.7272727272727273, 12);
    expect([fpr, precision, recall, accuracy]).toEqual([0.4, 4 / 6, 0.8, 0.7]);
  });

  it('has metrics where nothing is predicted positive, and none of no rows', () => {
    expect(rates(confusionAt(BINS, 1.1))).toMatchObject({ precision: 0, recall: 0, mcc: 0 });
    expect(Object.values(rates(confusionAt([], 0.5)))).toEqual(Array(7).fill(null));
  });

  it('has the gain of the server, linear within a score', () => {
    const gain = cumulativeGain(BINS, [0, 0.1, 0.25, 0.5, 0.8, 1]);
    [0, 0.1, 0.3, 0.7, 0.9, 1].forEach((value, at) => expect(gain[at]).toBeCloseTo(value, 12));
  });
});

describe('residuals', () => {
  const VALUES = [4, -3, -1, -0.5, -0.15, 0, 0.1, 0.4, 0.9, 1.5];

  it("have NumPy's quantiles and histogram", () => {
    const sorted = [...VALUES].sort((a, b) => a - b);
    expect([0.25, 0.75, 0.5].map(share => quantile(sorted, share))).toEqual([-0.4125, 0.775, 0.05]);
    const bars = histogram(VALUES);
    expect(bars.map(bar => bar.n)).toEqual([1, 0, 1, 1, 4, 1, 1, 0, 0, 1]);
    expect(bars[0].low).toBe(-3);
    expect(bars[9].high).toBeCloseTo(4, 12);
  });

  it('are drawn where all are equal, and where there are none', () => {
    expect(histogram([2, 2, 2]).reduce((sum, bar) => sum + bar.n, 0)).toBe(3);
    expect(histogram([])).toEqual([]);
  });

  it('have medians by tenth of the rows, if there are enough', () => {
    const rows = Array.from({ length: 100 }, (_, at) => ({
      association_id: String(at),
      timestamp: '2026-01-01T00:00:00Z',
      predicted: 99 - at,
      actual: 2 * (99 - at)
    }));
    const medians = leaning(rows);
    expect(medians[0]).toEqual({ predicted: 4.5, residual: 4.5 });
    expect(medians[9]).toEqual({ predicted: 94.5, residual: 94.5 });
    expect(leaning(rows.slice(0, 49))).toEqual([]);
  });
});
