// A small line of counts, one per day; its label says the numbers.
import type React from 'react';

export function Sparkline(props: {
  values: readonly number[];
  /** What a screen reader says and the title shows. */
  label: string;
  width?: number;
  height?: number;
}): React.ReactElement {
  const { values, label, width = 56, height = 16 } = props;
  return (
    <svg
      className="jp-Registry-sparkline"
      role="img"
      aria-label={label}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
    >
      <title>{label}</title>
      <polyline points={points(values, width, height)} />
    </svg>
  );
}

/** The line's points: from left to right, the highest value at the top, 0 at the bottom. */
export function points(values: readonly number[], width: number, height: number): string {
  const top = Math.max(...values, 1);
  const step = values.length > 1 ? (width - 2) / (values.length - 1) : 0;
  return values
    .map((value, at) => {
      const y = height - 1 - (value / top) * (height - 2);
      return `${(1 + at * step).toFixed(1)},${y.toFixed(1)}`;
    })
    .join(' ');
}
