// Curves and tables of a binary target's score bins: ROC, gain, confusion at a threshold.
// A row is predicted positive when its score is at least the threshold.
import type { ScoreBin } from '../api/types';

/** Counts by distinct score, ascending. */
export type Counted = readonly ScoreBin[];

export interface Confusion {
  tn: number;
  fp: number;
  fn: number;
  tp: number;
}

export interface RocPoint {
  fpr: number;
  tpr: number;
  /** The least score that is predicted positive; infinite at the first point, of none. */
  threshold: number;
}

/** Bins in ascending order, those of one score together. */
export function counted(bins: readonly ScoreBin[]): Counted {
  const byScore = new Map<number, ScoreBin>();
  for (const { score, positives, negatives } of bins) {
    const known = byScore.get(score);
    byScore.set(score, {
      score,
      positives: positives + (known?.positives ?? 0),
      negatives: negatives + (known?.negatives ?? 0)
    });
  }
  return [...byScore.values()].sort((a, b) => a.score - b.score);
}

/** How many rows were positive, and negative. */
export function totals(bins: Counted): { positives: number; negatives: number } {
  let positives = 0;
  let negatives = 0;
  for (const bin of bins) {
    positives += bin.positives;
    negatives += bin.negatives;
  }
  return { positives, negatives };
}

export function confusionAt(bins: Counted, threshold: number): Confusion {
  const found = { tn: 0, fp: 0, fn: 0, tp: 0 };
  for (const { score, positives, negatives } of bins) {
    if (score >= threshold) {
      found.tp += positives;
      found.fp += negatives;
    } else {
      found.fn += positives;
      found.tn += negatives;
    }
  }
  return found;
}

/** The counts as a matrix, actual by predicted class, in the order of the labels. */
export function matrixOf(found: Confusion, positiveIsSecond: boolean): number[][] {
  const { tn, fp, fn, tp } = found;
  return positiveIsSecond
    ? [
        [tn, fp],
        [fn, tp]
      ]
    : [
        [tp, fn],
        [fp, tn]
      ];
}

/** From (0, 0) to (1, 1), a point per score, thresholds descending; empty without both classes. */
export function roc(bins: Counted): RocPoint[] {
  const { positives, negatives } = totals(bins);
  if (!positives || !negatives) {
    return [];
  }
  const points = [{ fpr: 0, tpr: 0, threshold: Infinity }];
  let tp = 0;
  let fp = 0;
  for (let at = bins.length - 1; at >= 0; at--) {
    tp += bins[at].positives;
    fp += bins[at].negatives;
    points.push({ fpr: fp / negatives, tpr: tp / positives, threshold: bins[at].score });
  }
  return points;
}

/** The area under the curve by trapezoids, which counts ties half (Hanley and McNeil 1982). */
export function areaUnder(points: readonly RocPoint[]): number {
  let area = 0;
  for (let at = 1; at < points.length; at++) {
    const [before, now] = [points[at - 1], points[at]];
    area += ((now.fpr - before.fpr) * (now.tpr + before.tpr)) / 2;
  }
  return area;
}

/** The points that a line through all of them needs: those in its middle are left out. */
export function corners(points: readonly RocPoint[]): RocPoint[] {
  return points.filter((point, at) => {
    const [before, after] = [points[at - 1], points[at + 1]];
    if (!before || !after) {
      return true;
    }
    const across = (point.fpr - before.fpr) * (after.tpr - point.tpr);
    const up = (point.tpr - before.tpr) * (after.fpr - point.fpr);
    return Math.abs(across - up) > 1e-12;
  });
}

/**
 * The share of all positives among the rows of highest score, at each depth (0 to 1); linear
 * within a score, whose rows come in no order. Divided by the depth it is the lift.
 */
export function cumulativeGain(bins: Counted, depths: readonly number[]): number[] {
  const { positives, negatives } = totals(bins);
  const all = positives + negatives;
  const steps = [{ taken: 0, found: 0 }];
  for (let at = bins.length - 1; at >= 0; at--) {
    const last = steps[steps.length - 1];
    steps.push({
      taken: last.taken + (bins[at].positives + bins[at].negatives) / all,
      found: last.found + bins[at].positives / positives
    });
  }
  return depths.map(depth => {
    const at = steps.findIndex(step => step.taken >= depth - 1e-12);
    if (at <= 0) {
      return at < 0 ? 1 : 0;
    }
    const [low, high] = [steps[at - 1], steps[at]];
    const share = high.taken > low.taken ? (depth - low.taken) / (high.taken - low.taken) : 1;
    return low.found + Math.min(1, share) * (high.found - low.found);
  });
}

/** Metrics at a threshold, by the server's names; null where they are not defined. */
export type Rates = Record<
  'precision' | 'recall' | 'f1' | 'fpr' | 'accuracy' | 'balanced_accuracy' | 'mcc',
  number | null
>;

export function rates({ tn, fp, fn, tp }: Confusion): Rates {
  const n = tn + fp + fn + tp;
  const ratio = (part: number, whole: number) => (!n ? null : whole ? part / whole : 0);
  const recalls = [
    [tp, tp + fn],
    [tn, tn + fp]
  ]
    .filter(([, whole]) => whole)
    .map(([part, whole]) => part / whole);
  return {
    precision: ratio(tp, tp + fp),
    recall: ratio(tp, tp + fn),
    f1: ratio(2 * tp, 2 * tp + fp + fn),
    fpr: fp + tn ? fp / (fp + tn) : null,
    accuracy: ratio(tp + tn, n),
    balanced_accuracy: recalls.length ? recalls.reduce((a, b) => a + b) / recalls.length : null,
    mcc: ratio(
      tp * tn - fp * fn,
      Math.sqrt(tp + fp) * Math.sqrt(tp + fn) * Math.sqrt(tn + fp) * Math.sqrt(tn + fn)
    )
  };
}
