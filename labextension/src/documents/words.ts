// The API's values in the reader's words.
import type { TranslationBundle } from '@jupyterlab/translation';

import type {
  CheckStatus,
  DeploymentState,
  Importance,
  LeaderboardState,
  LeaderboardSummary,
  PackageKind,
  ReplacementReason,
  TargetType
} from '../api/types';

export function kindName(kind: PackageKind, trans: TranslationBundle): string {
  const names: Record<PackageKind, string> = {
    native: trans.__('native'),
    custom: trans.__('custom'),
    external: trans.__('external')
  };
  return names[kind];
}

export function stateName(state: DeploymentState, trans: TranslationBundle): string {
  const names: Record<DeploymentState, string> = {
    active: trans.__('active'),
    inactive: trans.__('inactive'),
    archived: trans.__('archived')
  };
  return names[state];
}

export function boardStateName(state: LeaderboardState, trans: TranslationBundle): string {
  const names: Record<LeaderboardState, string> = {
    running: trans.__('running'),
    done: trans.__('done'),
    stopped: trans.__('stopped'),
    failed: trans.__('failed')
  };
  return names[state];
}

/** How far a training is, of its time, or of its models where no time is known. */
export function shareDone(
  shown: Pick<LeaderboardSummary, 'progress' | 'time_budget'>
): number | undefined {
  const { done = 0, total = 0, seconds_left: left } = shown.progress ?? {};
  if (typeof left === 'number' && shown.time_budget) {
    return Math.min(1, Math.max(0, 1 - left / shown.time_budget));
  }
  return total ? done / total : undefined;
}

/** How a training stands, with the time that is left. */
export function progressText(
  shown: Pick<LeaderboardSummary, 'progress' | 'stop_requested'>,
  trans: TranslationBundle
): string {
  const { text, seconds_left: left } = shown.progress ?? {};
  return [
    shown.stop_requested ? trans.__('It is being stopped.') : text || trans.__('It is at work.'),
    typeof left === 'number' ? trans.__('%1 left', duration(left, trans)) : ''
  ]
    .filter(Boolean)
    .join(' · ');
}

/** Seconds in the unit that suits them. */
export function duration(seconds: number, trans: TranslationBundle): string {
  const whole = Math.max(0, Math.round(seconds));
  return whole < 100
    ? trans.__('%1 s', whole)
    : trans.__('%1 min %2 s', Math.floor(whole / 60), whole % 60);
}

export function importanceName(importance: Importance, trans: TranslationBundle): string {
  const names: Record<Importance, string> = {
    low: trans.__('low'),
    moderate: trans.__('moderate'),
    high: trans.__('high'),
    critical: trans.__('critical')
  };
  return names[importance];
}

export function targetTypeName(type: TargetType, trans: TranslationBundle): string {
  const names: Partial<Record<TargetType, string>> = {
    regression: trans.__('regression'),
    binary: trans.__('binary'),
    multiclass: trans.__('multiclass'),
    anomaly: trans.__('anomaly'),
    unstructured: trans.__('unstructured')
  };
  return names[type] ?? type;
}

export function reasonName(reason: ReplacementReason, trans: TranslationBundle): string {
  const names: Record<ReplacementReason, string> = {
    accuracy: trans.__('accuracy'),
    data_drift: trans.__('data drift'),
    errors: trans.__('errors'),
    scheduled_refresh: trans.__('scheduled refresh'),
    scoring_speed: trans.__('scoring speed'),
    other: trans.__('other')
  };
  return names[reason];
}

export function checkStatusName(status: CheckStatus, trans: TranslationBundle): string {
  const names: Record<CheckStatus, string> = {
    passing: trans.__('passing'),
    warning: trans.__('warning'),
    failing: trans.__('failing')
  };
  return names[status];
}

/** What a check of a deployment or replacement looks at. */
export function checkName(name: string, trans: TranslationBundle): string {
  const names: Record<string, string> = {
    not_archived: trans.__('Not archived'),
    not_champion: trans.__('Not in service yet'),
    target_name: trans.__('Target'),
    target_type: trans.__('Target type'),
    class_labels: trans.__('Classes'),
    required_columns: trans.__('Columns'),
    kind: trans.__('Where it predicts'),
    environment: trans.__('Environment'),
    library_versions: trans.__('Library versions'),
    model_loads: trans.__('The model loads')
  };
  return names[name] ?? name.replace(/_/g, ' ');
}
