// Rules as a server might say them: limits that stand nowhere else.
import type { MonitoringRules } from '../src/api/types';

const metric = (name: string, greater_is_better: boolean) => ({
  name,
  title: name,
  greater_is_better
});

export const RULES: MonitoringRules = {
  metrics: {
    regression: [metric('rmse', false), metric('mae', false), metric('r2', true)],
    binary: [metric('log_loss', false), metric('auc', true), metric('accuracy', true)],
    multiclass: [metric('log_loss', false), metric('accuracy', true), metric('macro_f1', true)]
  },
  main_metrics: {
    regression: ['rmse', 'mae'],
    binary: ['auc', 'accuracy'],
    multiclass: ['accuracy', 'log_loss']
  },
  accuracy: { warning: 0.06, failing: 0.12, least_rows: 90 },
  drift: { warning: 0.11, failing: 0.27, least_rows: 250 },
  health: {
    failing_server_errors: 0.07,
    warning_server_errors: 0.03,
    warning_client_errors: 0.24
  }
};
