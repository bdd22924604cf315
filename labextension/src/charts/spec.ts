// Vega-Lite specifications: what all charts share, and parts that several are made of.
import type { TranslationBundle } from '@jupyterlab/translation';
import type { PartialJSONObject, PartialJSONValue } from '@lumino/coreutils';

import { DASHES, type Look, SHAPES } from './look';
import type { Table } from './table';

export type Spec = PartialJSONObject;
export type Datum = Record<string, string | number | boolean | null>;

/** A chart before it is drawn: its numbers, and how they become a picture. */
export interface Drawing {
  /** Begins the names of exported files. */
  name: string;
  title: string;
  /** What the picture shows, in words. */
  description: string;
  /** Pixels kept for it, axes and legend included. */
  height: number;
  /** Pixels that it needs at most; all that there is unless given. */
  width?: number;
  /** The picture in so many pixels. */
  spec: (width: number, look: Look) => Spec;
  table: Table;
}

/** Pixels on the left of the data, kept alike so that charts below each other are in line. */
export const LEFT = 62;
const RIGHT = 18;

/** The width of the data, of a chart of that width. */
export function inner(width: number): number {
  return Math.max(80, width - LEFT - RIGHT);
}

/** A whole specification: the parts with the theme's fonts and colours, in so many pixels. */
export function themed(parts: Spec, look: Look, width: number): Spec {
  const text = {
    labelFont: look.font,
    titleFont: look.font,
    labelFontSize: look.fontSize - 1,
    titleFontSize: look.fontSize,
    labelColor: look.text,
    titleColor: look.text,
    titleFontWeight: 'normal'
  };
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v5.json',
    ...parts,
    config: {
      background: look.background,
      aria: false,
      font: look.font,
      padding: { left: 2, right: 6, top: 4, bottom: 2 },
      view: { stroke: null },
      axis: {
        ...text,
        gridColor: look.grid,
        gridOpacity: 0.5,
        domainColor: look.muted,
        tickColor: look.muted,
        labelOverlap: 'greedy'
      },
      axisX: { grid: false },
      legend: {
        ...text,
        orient: 'top',
        title: null,
        columns: Math.max(1, Math.floor(width / 140)),
        symbolStrokeWidth: 2,
        symbolSize: 70,
        labelLimit: 220,
        columnPadding: 14
      },
      title: { font: look.font, fontSize: look.fontSize, color: look.text, fontWeight: 'normal' },
      text: { font: look.font, fontSize: look.fontSize - 1, fill: look.text }
    }
  };
}

/** A number of the data, on an axis, in a tooltip or as a colour. */
export function numeric(field: string, more: Spec = {}): Spec {
  return { field, type: 'quantitative', ...more };
}

/** A time axis in UTC over all that the buckets span. */
export function timeAxis(
  buckets: readonly { start: string; end: string }[],
  title: string | null,
  labels = true
): Spec {
  const domain = [Date.parse(buckets[0].start), Date.parse(buckets[buckets.length - 1].end)];
  const days = (domain[1] - domain[0]) / 86_400_000;
  const format = days <= 3 ? '%m-%d %H:%M' : days <= 400 ? '%Y-%m-%d' : '%Y-%m';
  return {
    field: 'time',
    type: 'temporal',
    scale: { type: 'utc', domain },
    axis: {
      title,
      labels,
      ticks: labels,
      labelFlush: true,
      tickCount: 8,
      labelSeparation: 12,
      format
    }
  };
}

/** An axis on the left, whose labels have the same room in every chart. */
export function leftAxis(title: string, more: Spec = {}): Spec {
  return {
    title,
    minExtent: LEFT - 22,
    maxExtent: LEFT - 22,
    titlePadding: 4,
    tickCount: 5,
    ...more
  };
}

/** The least span of an axis, as a share of the largest value on it. */
const LEAST_SPAN = 0.1;

/** From where to where an axis goes: values that lie close together have ticks around them, too. */
export function span(
  values: readonly (number | null)[],
  isShare = false
): [number, number] | undefined {
  const known = values.filter(value => value !== null);
  if (!known.length) {
    return undefined;
  }
  const low = known.reduce((a, b) => Math.min(a, b));
  const high = known.reduce((a, b) => Math.max(a, b));
  const least = LEAST_SPAN * (isShare ? 1 : Math.max(Math.abs(low), Math.abs(high)) || 1);
  const more = Math.max(0, least - (high - low)) / 2;
  return isShare ? [Math.max(0, low - more), Math.min(1, high + more)] : [low - more, high + more];
}

/** Colours, and alike dashes or shapes, of named series. */
export function channel(names: readonly string[], range: readonly PartialJSONValue[]): Spec {
  return {
    field: 'series',
    type: 'nominal',
    scale: { domain: [...names], range: names.map((_, at) => range[at % range.length]) },
    title: null
  };
}

/**
 * Lines with a mark at each point, of rows with `time`, `series` and `value`; a gap where the
 * value is null, a hollow mark where `few` is true. Of many points only the lines are drawn, and points without a neighbour.
 */
export function lines(
  rows: readonly Datum[],
  names: readonly string[],
  x: Spec,
  y: Spec,
  look: Look,
  form: string,
  legend = true
): Spec[] {
  const tooltip = [
    {
      field: 'time',
      type: 'temporal',
      scale: { type: 'utc' },
      format: '%Y-%m-%d %H:%M',
      title: 'UTC'
    },
    { field: 'series', type: 'nominal', title: ' ' },
    numeric('value', { format: form, title: '  ' })
  ];
  const crowded = rows.length > 60 * names.length;
  const named = legend ? {} : { legend: null };
  const seen = crowded ? lonely(rows, names) : rows;
  return [
    {
      data: { values: [...rows] },
      mark: { type: 'line', strokeWidth: 2 },
      encoding: {
        x,
        y,
        color: { ...channel(names, look.series), ...named },
        strokeDash: { ...channel(names, DASHES), ...named }
      }
    },
    // their looks are given, not scaled: scales of layers would make a second legend
    ...names.map((name, at) => ({
      data: { values: seen.filter(row => row.series === name && row.value !== null) },
      mark: {
        type: 'point',
        filled: true,
        size: 36,
        opacity: 1,
        strokeWidth: 1.5,
        shape: SHAPES[at % SHAPES.length]
      },
      encoding: {
        x,
        y,
        stroke: { value: colourAt(look, at) },
        fill: {
          condition: { test: 'datum.few === true', value: look.background },
          value: colourAt(look, at)
        },
        tooltip
      }
    }))
  ];
}

function colourAt(look: Look, at: number): string {
  return look.series[at % look.series.length];
}

/** The rows whose neighbours in their series have no value: no line shows them. */
export function lonely(rows: readonly Datum[], names: readonly string[]): Datum[] {
  return names.flatMap(name => {
    const own = rows.filter(row => row.series === name);
    return own.filter(
      (row, at) =>
        row.value !== null &&
        (own[at - 1]?.value ?? null) === null &&
        (own[at + 1]?.value ?? null) === null
    );
  });
}

/** Something that happened at a moment, marked by a vertical line. */
export interface Mark {
  time: string;
  text: string;
}

/** Lines of texts above a chart at most, and pixels of each. */
const MOST_LEVELS = 3;
const LEVEL = 13;
/** Pixels between a chart and its legend. */
const LEGEND = 18;

/** Pixels to keep above a chart for the texts of its marks. */
export function markRoom(marks: readonly Mark[]): number {
  return Math.min(marks.length, MOST_LEVELS) * LEVEL;
}

/**
 * The layers, and dotted lines at moments with their texts above, each where it has room, unless
 * `texts` is false. The layers' legend moves above the texts.
 */
export function withMarks(
  layers: readonly Spec[],
  marks: readonly Mark[],
  x: Spec,
  width: number,
  look: Look,
  texts = true
): Spec[] {
  const offset = LEGEND + Math.max(0, markRoom(marks) - LEVEL);
  const moved = (layer: Spec): Spec => {
    const encoding = { ...(layer.encoding as Spec) };
    for (const name of ['color', 'strokeDash']) {
      const scaled = encoding[name] as Spec | undefined;
      if (scaled?.scale && scaled.legend !== null) {
        encoding[name] = { ...scaled, legend: { offset } };
      }
    }
    return { ...layer, encoding };
  };
  return [...layers.map(moved), ...markLayers(marks, x, width, look, texts)];
}

function markLayers(
  marks: readonly Mark[],
  x: Spec,
  width: number,
  look: Look,
  texts: boolean
): Spec[] {
  if (!marks.length) {
    return [];
  }
  const rule = {
    data: { values: marks.map(mark => ({ ...mark })) },
    mark: { type: 'rule', strokeDash: [2, 3], strokeWidth: 1.5, color: look.muted },
    encoding: { x, tooltip: [{ field: 'text', title: ' ' }] }
  };
  if (!texts) {
    return [rule];
  }
  const domain = (x.scale as { domain: [number, number] }).domain;
  const layers = placed(marks, domain, inner(width), look.fontSize).map(
    ({ mark, right, level }) => ({
      data: { values: [{ ...mark }] },
      mark: {
        type: 'text',
        align: right ? 'right' : 'left',
        baseline: 'bottom',
        dx: right ? -4 : 4,
        limit: inner(width) / 2
      },
      encoding: { x, y: { value: -2 - LEVEL * level }, text: { field: 'text' } }
    })
  );
  return [rule, ...layers];
}

/** Where the texts of marks go: right or left of their lines, and how many lines up. */
export function placed(
  marks: readonly Mark[],
  domain: readonly [number, number],
  pixels: number,
  fontSize: number
): { mark: Mark; right: boolean; level: number }[] {
  const ends: number[] = [];
  return marks.map(mark => {
    const at = ((Date.parse(mark.time) - domain[0]) / (domain[1] - domain[0])) * pixels;
    const long = Math.min(0.6 * fontSize * mark.text.length + 12, pixels / 2);
    const right = at + long > pixels;
    const start = right ? at - long : at;
    const free = ends.findIndex(end => end <= start);
    const level = free < 0 ? Math.min(ends.length, MOST_LEVELS - 1) : free;
    ends[level] = start + long;
    return { mark, right, level };
  });
}

/** Horizontal lines at values, each with what it says at its right end. */
export function limitLayers(
  limits: readonly { value: number; text: string }[],
  y: Spec,
  look: Look
): Spec[] {
  const data = { values: limits.map(limit => ({ ...limit })) };
  const at = { ...y, field: 'value', type: 'quantitative' };
  return [
    { data, mark: { type: 'rule', strokeDash: [6, 4], color: look.muted }, encoding: { y: at } },
    {
      data,
      mark: { type: 'text', align: 'right', baseline: 'bottom', dx: -3, dy: -2, color: look.muted },
      encoding: { x: { value: 'width' }, y: at, text: { field: 'text' } }
    }
  ];
}

/** A part of a bucket's bar: its place in time, what it is of, and from where to where it goes. */
export type BarPart = { left: string; right: string; series: string; low: number; high: number };

/** Bars by bucket; later rows are drawn over earlier ones. */
export function bars(
  rows: readonly BarPart[],
  names: readonly string[],
  colours: readonly string[],
  x: Spec,
  axis: Spec
): Spec {
  return {
    data: { values: rows.map(row => ({ ...row, n: row.high - row.low })) },
    mark: { type: 'rect' },
    encoding: {
      x: { ...x, field: 'left' },
      x2: { field: 'right' },
      y: numeric('high', { scale: { zero: true, nice: true }, axis }),
      y2: { field: 'low' },
      color: channel(names, colours),
      tooltip: [
        {
          field: 'left',
          type: 'temporal',
          scale: { type: 'utc' },
          format: '%Y-%m-%d %H:%M',
          title: 'UTC'
        },
        { field: 'series', title: ' ' },
        numeric('n', { format: ',', title: '  ' })
      ]
    }
  };
}

/** Where the bar of a bucket begins and ends: a little inside its time. */
export function barEnds(bucket: { start: string; end: string }): { left: string; right: string } {
  const start = Date.parse(bucket.start);
  const length = Date.parse(bucket.end) - start;
  const moment = (share: number) => new Date(start + share * length).toISOString();
  return { left: moment(0.05), right: moment(0.95) };
}

/** The moment halfway through a bucket. */
export function middle(bucket: { start: string; end: string }): string {
  return new Date((Date.parse(bucket.start) + Date.parse(bucket.end)) / 2).toISOString();
}

/** A series in words: between what it lies, and its last value. */
export function told(
  name: string,
  values: readonly (number | null | undefined)[],
  form: (value: number) => string,
  trans: TranslationBundle
): string {
  const known = values.filter((value): value is number => typeof value === 'number');
  if (!known.length) {
    return trans.__('%1 not known', name);
  }
  const low = known.reduce((a, b) => Math.min(a, b));
  const high = known.reduce((a, b) => Math.max(a, b));
  return trans.__(
    '%1 between %2 and %3, last %4',
    name,
    form(low),
    form(high),
    form(known[known.length - 1])
  );
}
