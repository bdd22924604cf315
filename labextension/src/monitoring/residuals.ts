// Residuals of a regression's sampled rows: a histogram, and medians that show where errors lean.
import type { SampledRow } from '../api/types';

export interface Bar {
  low: number;
  high: number;
  n: number;
}

/** Actual − predicted: above zero, a prediction was too low. */
export function residual(row: SampledRow): number {
  return row.actual - row.predicted;
}

/** NumPy's linear quantile of ascending numbers. */
export function quantile(ascending: readonly number[], share: number): number {
  const place = share * (ascending.length - 1);
  const low = Math.floor(place);
  const high = Math.min(low + 1, ascending.length - 1);
  return ascending[low] + (place - low) * (ascending[high] - ascending[low]);
}

/** Equal bars over all values, as many as Freedman and Diaconis' rule says, 10 to 60. */
export function histogram(values: readonly number[]): Bar[] {
  if (!values.length) {
    return [];
  }
  const sorted = [...values].sort((a, b) => a - b);
  let [low, high] = [sorted[0], sorted[sorted.length - 1]];
  if (low === high) {
    [low, high] = [low - 0.5, high + 0.5];
  }
  const width = (2 * (quantile(sorted, 0.75) - quantile(sorted, 0.25))) / Math.cbrt(sorted.length);
  const n = Math.min(60, Math.max(10, width > 0 ? Math.ceil((high - low) / width) : 10));
  const edge = (at: number) => low + (at * (high - low)) / n;
  const bars = Array.from({ length: n }, (_, at) => ({ low: edge(at), high: edge(at + 1), n: 0 }));
  for (const value of sorted) {
    bars[Math.min(n - 1, Math.floor(((value - low) / (high - low)) * n))].n++;
  }
  return bars;
}

/** The median prediction and residual of each tenth of the rows, by prediction; none of few. */
export function leaning(sample: readonly SampledRow[]): { predicted: number; residual: number }[] {
  if (sample.length < 50) {
    return [];
  }
  const sorted = [...sample].sort((a, b) => a.predicted - b.predicted);
  return Array.from({ length: 10 }, (_, part) => {
    const from = Math.floor((part * sorted.length) / 10);
    const rows = sorted.slice(from, Math.floor(((part + 1) * sorted.length) / 10));
    return {
      predicted: median(rows.map(row => row.predicted)),
      residual: median(rows.map(residual))
    };
  });
}

export function median(values: readonly number[]): number {
  return quantile(
    [...values].sort((a, b) => a - b),
    0.5
  );
}
