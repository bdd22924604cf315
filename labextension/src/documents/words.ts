// The API's values in the reader's words.
import type { TranslationBundle } from '@jupyterlab/translation';

import type { DeploymentState, Importance, PackageKind, TargetType } from '../api/types';

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
    multiclass: trans.__('multiclass')
  };
  return names[type] ?? type;
}
