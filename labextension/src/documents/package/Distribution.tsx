// A column's distribution as small bars; what they say is in the title, for screen readers too.
import type React from 'react';

import { useTrans } from '../../components/context';
import { measure, percent } from '../../format/numbers';
import type { Histogram } from './shape';

const WIDTH = 96;
const HEIGHT = 22;
/** Bars that are drawn; a column may have more categories. */
const MOST = 24;

export function Distribution(props: { name: string; histogram: Histogram }): React.ReactElement {
  const trans = useTrans();
  const { name, histogram } = props;
  const counts = (histogram.counts ?? []).slice(0, MOST);
  const heights = barHeights(histogram).slice(0, MOST);
  if (!counts.length) {
    return <span className="jp-Registry-muted">–</span>;
  }
  const label = trans.__('%1: %2', name, spoken(histogram));
  const step = WIDTH / counts.length;
  return (
    <svg
      className="jp-Registry-distribution"
      role="img"
      aria-label={label}
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
    >
      <title>{label}</title>
      {heights.map((height, at) => (
        <rect
          key={at}
          x={at * step + 0.5}
          width={Math.max(step - 1, 1)}
          y={HEIGHT - height * HEIGHT}
          height={height * HEIGHT}
        />
      ))}
    </svg>
  );
}

/**
 * The bars' heights, the highest being 1. Bins are equally full and differently wide, so a bin's
 * height is its density, count by width; that of a category is its count.
 */
export function barHeights(histogram: Histogram): number[] {
  const { counts = [], edges } = histogram;
  const values = edges
    ? counts.map((count, at) => count / (edges[at + 1] - edges[at] || 1))
    : counts;
  const top = Math.max(...values, Number.MIN_VALUE);
  return values.map(value => value / top);
}

/** The most frequent categories with their shares, or where the numbers lie. */
function spoken(histogram: Histogram): string {
  const { categories, counts = [], mean, min, max } = histogram;
  if (categories) {
    const all = counts.reduce((sum, count) => sum + count, 0) + (histogram.other ?? 0);
    return categories
      .slice(0, 4)
      .map((category, at) => `${category} ${percent(counts[at] / (all || 1))}`)
      .join(', ');
  }
  return `${measure(min)} – ${measure(max)}, ⌀ ${measure(mean)}`;
}
