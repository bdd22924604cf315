// What drawings over time have in common: marks of replacements, panels below each other with the
// counts of rows at the foot, and the table with a row per bucket.
import type { TranslationBundle } from '@jupyterlab/translation';

import type { ReplacementMark } from '../../../api/types';
import type { Look } from '../../../charts/look';
import {
  barEnds,
  type BarPart,
  bars,
  inner,
  leftAxis,
  type Mark,
  type Spec,
  themed,
  timeAxis
} from '../../../charts/spec';
import type { Cell, Table } from '../../../charts/table';
import { reasonName } from '../../words';

export interface Bucket {
  start: string;
  end: string;
}

/** The replacements where the server says that they are, with the reason in words. */
export function marksOf(
  replacements: readonly ReplacementMark[] | undefined,
  trans: TranslationBundle
): Mark[] {
  return (replacements ?? []).map(({ time, package: name, reason }) => ({
    time,
    text: reason ? `${name} (${reasonName(reason, trans)})` : name
  }));
}

/** A panel above the others, whose time axis is the one at the foot. */
export function panel(height: number, layer: Spec[], width: number): Spec {
  return { width: inner(width), height, layer };
}

/** Panels of one time below each other. */
export function stacked(panels: readonly Spec[], look: Look, width: number): Spec {
  return themed(
    {
      vconcat: [...panels],
      spacing: 8,
      resolve: { scale: { color: 'independent', strokeDash: 'independent' } }
    },
    look,
    width
  );
}

/** Bars of the rows of each bucket, a series over the other; one alone needs no legend. */
export function rowsAtFoot<B extends Bucket>(
  buckets: readonly B[],
  series: readonly { name: string; colour: string; of: (bucket: B) => number }[],
  width: number,
  trans: TranslationBundle
): Spec {
  const parts: BarPart[] = buckets.flatMap(bucket =>
    series.map(one => ({ ...barEnds(bucket), series: one.name, low: 0, high: one.of(bucket) }))
  );
  const foot = bars(
    parts,
    series.map(one => one.name),
    series.map(one => one.colour),
    timeAxis(buckets, trans.__('time of prediction (UTC)')),
    leftAxis(trans.__('rows'), { format: '~s', tickCount: 3, tickMinStep: 1 })
  );
  const encoding = foot.encoding as Spec;
  const alone = series.length === 1 ? { color: { value: series[0].colour } } : {};
  return { width: inner(width), height: 56, ...foot, encoding: { ...encoding, ...alone } };
}

/** A column's name, and its cell for a bucket's place. */
export type Column = readonly [string, (at: number) => Cell];

/** A row per bucket: its time, then what the columns give for its place. */
export function tableOf(
  buckets: readonly Bucket[],
  columns: readonly Column[],
  trans: TranslationBundle
): Table {
  return {
    columns: [trans.__('start (UTC)'), trans.__('end (UTC)'), ...columns.map(([name]) => name)],
    rows: buckets.map((bucket, at) => [
      bucket.start,
      bucket.end,
      ...columns.map(([, of]) => of(at))
    ])
  };
}
