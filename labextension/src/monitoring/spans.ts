// The time and the packages that are looked at: what is chosen, and what the server is asked.
import type { TranslationBundle } from '@jupyterlab/translation';

import type { ServicePeriod } from '../api/types';

/** What is chosen; empty texts are no choice. Moments are as `<input type=datetime-local>`, UTC. */
export type Span = {
  /** Days before now, `all`, or `custom`. */
  days: string;
  start: string;
  end: string;
  bucket: string;
  /** A package's id. */
  package: string;
};

export const EVERYTHING: Span = { days: 'all', start: '', end: '', bucket: '', package: '' };

export const DAYS = ['all', '1', '7', '30', '90', '365', 'custom'] as const;
export const BUCKETS = ['hour', 'day', 'week', 'month'] as const;

export function daysName(days: string, trans: TranslationBundle): string {
  switch (days) {
    case 'all':
      return trans.__('all');
    case '1':
      return trans.__('last 24 hours');
    case '365':
      return trans.__('last year');
    case 'custom':
      return trans.__('from … to …');
    default:
      return trans.__('last %1 days', days);
  }
}

export function bucketName(bucket: string, trans: TranslationBundle): string {
  const names: Record<string, string> = {
    '': trans.__('automatic'),
    hour: trans.__('hour'),
    day: trans.__('day'),
    week: trans.__('week'),
    month: trans.__('month')
  };
  return names[bucket] ?? bucket;
}

export type RangeQuery = { start?: string; end?: string; package_id?: number };

/** The range to ask for; a span before now begins on a full hour, as the server counts. */
export function rangeOf(span: Span, now: Date = new Date()): RangeQuery {
  const range: RangeQuery = {};
  if (span.days === 'custom') {
    if (span.start) {
      range.start = utc(span.start);
    }
    if (span.end) {
      range.end = utc(span.end);
    }
  } else if (span.days !== 'all') {
    const start = new Date(now.getTime() - Number(span.days) * 86_400_000);
    start.setUTCMinutes(0, 0, 0);
    range.start = start.toISOString();
  }
  if (span.package) {
    range.package_id = Number(span.package);
  }
  return range;
}

/** What is wrong with a custom range, if anything. */
export function rangeError(span: Span, trans: TranslationBundle): string | undefined {
  return span.days === 'custom' && span.start && span.end && span.start >= span.end
    ? trans.__('The end has to be after the start.')
    : undefined;
}

export function isEverything(span: Span): boolean {
  return span.package === '' && Object.keys(rangeOf(span)).length === 0;
}

/** The packages of a history, newest first, each once. */
export function packagesOf(history: readonly ServicePeriod[]): { id: number; name: string }[] {
  const known = new Map<number, string>();
  for (const period of [...history].reverse()) {
    known.set(period.package_id, period.package);
  }
  return [...known].map(([id, name]) => ({ id, name }));
}

function utc(local: string): string {
  return new Date(`${local}Z`).toISOString();
}
