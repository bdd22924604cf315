// What a leaderboard's models tell of themselves, as types; their ranking on any metric.
import type {
  BoardModelSummary,
  Incumbent,
  LeaderboardSummary,
  MonitoringRules
} from '../../api/types';

/** Of validation rows; what could not be measured in time is missing. */
export interface Details {
  /** By feature, the largest 1. */
  importance?: Record<string, number>;
  roc?: { fpr: number[]; tpr: number[] };
  lift?: { depth: number[]; gain: number[]; lift: number[] };
  confusion?: { labels: string[]; matrix: number[][] };
  residuals?: { predicted: number[]; actual: number[] };
  learning_curve?: { rows: number; score: number | null }[];
  /** Mean predictions; of several classes a list of a value per class. */
  partial_dependence?: Record<string, { values: unknown[]; mean: unknown[] }>;
}

export interface Ranked {
  model: BoardModelSummary;
  /** From 1; of those without a score none. */
  rank?: number;
  score?: number;
}

/** Whether more of a metric is better; not known before the rules are. */
export function greaterIsBetter(
  rules: MonitoringRules,
  board: Pick<LeaderboardSummary, 'target_type'>,
  metric: string
): boolean {
  const known = rules.metrics[board.target_type] ?? [];
  return known.find(({ name }) => name === metric)?.greater_is_better ?? false;
}

/**
 * Models from best to worst on the validation data; equals in the order in which they were
 * finished, those without a score after the others, failed ones last.
 */
export function ranked(
  models: readonly BoardModelSummary[],
  metric: string,
  greater: boolean
): Ranked[] {
  const scored = models.map(model => ({ model, score: scoreOf(model, metric) }));
  const sign = greater ? -1 : 1;
  const group = ({ model, score }: Ranked) =>
    model.state === 'failed' ? 2 : score === undefined ? 1 : 0;
  scored.sort(
    (a, b) =>
      group(a) - group(b) ||
      sign * ((a.score ?? 0) - (b.score ?? 0)) ||
      a.model.number - b.model.number
  );
  return scored.map((one, at) => (group(one) ? one : { ...one, rank: at + 1 }));
}

export function scoreOf(model: BoardModelSummary, metric: string): number | undefined {
  const mean = model.validation?.[metric]?.mean;
  return model.state !== 'failed' && typeof mean === 'number' ? mean : undefined;
}

/** A metric on the holdout, where it is unlocked. */
export function holdoutOf(
  model: Pick<BoardModelSummary, 'holdout'>,
  metric: string
): number | undefined {
  const found = (model.holdout ?? {})[metric] as { value?: unknown } | undefined;
  return typeof found?.value === 'number' ? found.value : undefined;
}

/** A metric of two models on the same rows. */
export interface Compared {
  metric: string;
  old?: number;
  new?: number;
  /** New less old. */
  difference?: number;
  better?: 'old' | 'new';
}

/** Every metric of an older model and a newer one, whose holdout is unlocked. */
export function compared(
  rules: MonitoringRules,
  board: Pick<LeaderboardSummary, 'target_type'>,
  old: Incumbent,
  model: BoardModelSummary
): Compared[] {
  return (rules.metrics[board.target_type] ?? []).map(({ name, greater_is_better }) => {
    const before = holdoutOf({ holdout: old.metrics }, name);
    const after = holdoutOf(model, name);
    const difference = before === undefined || after === undefined ? undefined : after - before;
    return {
      metric: name,
      old: before,
      new: after,
      difference,
      better: !difference ? undefined : difference > 0 === greater_is_better ? 'new' : 'old'
    };
  });
}

/** Partial dependence as rows: a series per class, or one. */
export function dependenceRows(
  found: { values: unknown[]; mean: unknown[] },
  labels: readonly string[]
): { x: string | number; value: number; series: string }[] {
  return found.values.flatMap((value, at) => {
    const x = typeof value === 'number' ? value : String(value);
    const mean = found.mean[at];
    return Array.isArray(mean)
      ? (mean as number[]).map((one, of) => ({ x, value: one, series: labels[of] ?? String(of) }))
      : [{ x, value: mean as number, series: '' }];
  });
}
