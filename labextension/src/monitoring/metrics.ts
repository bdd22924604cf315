// The metrics of each target type: their names for readers, which way is better, which comes first.
import type { TranslationBundle } from '@jupyterlab/translation';

import type { MetricValue, TargetType } from '../api/types';

interface Metric {
  name: string;
  greaterIsBetter: boolean;
}

const METRICS: Record<TargetType, readonly Metric[]> = {
  regression: of(['rmse', 'mae', 'mape'], ['r2']),
  binary: of(
    ['log_loss', 'fpr', 'brier'],
    ['auc', 'accuracy', 'balanced_accuracy', 'precision', 'recall', 'f1', 'mcc', 'gini', 'ks']
  ),
  multiclass: of(['log_loss'], ['accuracy', 'balanced_accuracy', 'macro_f1'])
};

/** The first of them that has a value is shown unless another was chosen. */
const PREFERRED = ['auc', 'rmse', 'accuracy', 'log_loss', 'mae'];

function of(less: readonly string[], greater: readonly string[]): Metric[] {
  return [
    ...less.map(name => ({ name, greaterIsBetter: false })),
    ...greater.map(name => ({ name, greaterIsBetter: true }))
  ];
}

/** The names of a target type's metrics, by title. */
export function metricNames(type: TargetType, trans: TranslationBundle): string[] {
  return METRICS[type]
    .map(metric => metric.name)
    .sort((a, b) => metricTitle(a, trans).localeCompare(metricTitle(b, trans)));
}

export function metricTitle(name: string, trans: TranslationBundle): string {
  const titles: Record<string, string> = {
    rmse: trans.__('RMSE'),
    mae: trans.__('MAE'),
    mape: trans.__('MAPE'),
    r2: trans.__('R²'),
    log_loss: trans.__('Log loss'),
    auc: trans.__('AUC'),
    accuracy: trans.__('Accuracy'),
    balanced_accuracy: trans.__('Balanced accuracy'),
    precision: trans.__('Precision'),
    recall: trans.__('Recall'),
    f1: trans.__('F1'),
    fpr: trans.__('False positive rate'),
    mcc: trans.__('MCC'),
    brier: trans.__('Brier score'),
    gini: trans.__('Normalised Gini'),
    ks: trans.__('KS'),
    macro_f1: trans.__('Macro F1')
  };
  return titles[name] ?? name;
}

export function greaterIsBetter(type: TargetType, name: string): boolean {
  return METRICS[type].find(metric => metric.name === name)?.greaterIsBetter ?? true;
}

/** The metric to begin with: the first preferred one that has a value, else the first there is. */
export function firstMetric(type: TargetType, found: Record<string, MetricValue> = {}): string {
  const named = PREFERRED.filter(name => METRICS[type].some(metric => metric.name === name));
  return (
    named.find(name => typeof found[name]?.value === 'number') ?? named[0] ?? METRICS[type][0].name
  );
}

/** How a value does against its baseline, in words; empty without one. */
export function compared(
  type: TargetType,
  name: string,
  found: MetricValue,
  trans: TranslationBundle
): string {
  const { value, baseline, change_percent: change } = found;
  if (typeof value !== 'number' || typeof baseline !== 'number') {
    return '';
  }
  if (value === baseline) {
    return trans.__('as the baseline');
  }
  const better = value > baseline === greaterIsBetter(type, name);
  if (typeof change !== 'number') {
    return better ? trans.__('better') : trans.__('worse');
  }
  const much = Math.abs(change).toLocaleString(undefined, { maximumSignificantDigits: 3 });
  return better ? trans.__('%1 % better', much) : trans.__('%1 % worse', much);
}
