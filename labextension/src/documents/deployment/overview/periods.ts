// A deployment's history as its timeline shows it: newest first, each period's place on one scale.
import type { ServicePeriod } from '../../../api/types';

export interface Placed {
  period: ServicePeriod;
  /** Where the period begins and how long it is, as shares of the whole time. */
  from: number;
  share: number;
}

/** The periods, newest first; the present one goes to `now`. */
export function placed(periods: readonly ServicePeriod[], now: Date = new Date()): Placed[] {
  const starts = periods.map(period => Date.parse(period.start));
  const begin = Math.min(...starts);
  const span = Math.max(now.getTime() - begin, 1);
  return periods
    .map((period, at) => {
      const end = period.end ? Date.parse(period.end) : now.getTime();
      return {
        period,
        from: (starts[at] - begin) / span,
        share: Math.max(0, end - starts[at]) / span
      };
    })
    .reverse();
}

/** The package that was in service before the present one. */
export function previous(periods: readonly ServicePeriod[]): ServicePeriod | undefined {
  return periods.length > 1 ? periods[periods.length - 2] : undefined;
}
