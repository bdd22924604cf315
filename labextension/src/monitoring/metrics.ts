// Metrics in the reader's words: their titles, and how a value does against its baseline.
import type { TranslationBundle } from '@jupyterlab/translation';

import type { MetricValue, MonitoringRules, TargetType } from '../api/types';

/** The names of a target type's metrics, by title. */
export function metricNames(
  rules: MonitoringRules,
  type: TargetType,
  trans: TranslationBundle
): string[] {
  return (rules.metrics[type] ?? [])
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

/** The metric to begin with: the first that accuracy is judged by and that has a value. */
export function firstMetric(
  rules: MonitoringRules,
  type: TargetType,
  found: Record<string, MetricValue> = {}
): string {
  const main = rules.main_metrics[type] ?? [];
  return main.find(name => typeof found[name]?.value === 'number') ?? main[0] ?? '';
}

/** How a value does against its baseline, in words; empty without one. */
export function compared(
  rules: MonitoringRules,
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
  const metric = rules.metrics[type]?.find(one => one.name === name);
  if (!metric) {
    return '';
  }
  const better = value > baseline === metric.greater_is_better;
  if (typeof change !== 'number') {
    return better ? trans.__('better') : trans.__('worse');
  }
  const much = Math.abs(change).toLocaleString(undefined, { maximumSignificantDigits: 3 });
  return better ? trans.__('%1 % better', much) : trans.__('%1 % worse', much);
}
