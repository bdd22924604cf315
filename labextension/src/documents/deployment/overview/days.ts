// The names of the last days.

/** The last `n` UTC days, today last: a short name for an axis, a full one to be read. */
export function days(
  n: number,
  now: Date = new Date(),
  locale?: string
): { short: string; full: string }[] {
  const short = new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' });
  const full = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeZone: 'UTC' });
  return Array.from({ length: n }, (_, at) => {
    const day = new Date(now.getTime() - (n - 1 - at) * 86_400_000);
    return { short: short.format(day), full: full.format(day) };
  });
}
