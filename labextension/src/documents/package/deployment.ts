// What a deployment is made of, as it is typed: checks, and the body that is sent.
import type { TranslationBundle } from '@jupyterlab/translation';

import type {
  DeploymentCreate,
  Importance,
  ModelEnvironment,
  PackageSummary
} from '../../api/types';

/** What can be deployed, as far as a deployment's settings depend on it. */
export type Deployable = Pick<
  PackageSummary,
  'name' | 'kind' | 'target_type' | 'positive_class' | 'prediction_threshold' | 'signature'
>;

export type DeploymentSettings = Omit<DeploymentCreate, 'package_id'>;

/** Segment columns of a deployment, at most. */
const MOST_SEGMENTS = 5;

export interface DeployDraft {
  label: string;
  description: string;
  importance: Importance;
  association: string;
  required: boolean;
  threshold: string;
  segments: string;
  storeFeatures: boolean;
  /** Empty for the registry's default. */
  kernelspec: string;
  /** Whose libraries the model runs with. */
  environment: ModelEnvironment;
}

export function emptyDeployment(shown: Pick<Deployable, 'name'>): DeployDraft {
  return {
    label: shown.name,
    description: '',
    importance: 'moderate',
    association: '',
    required: false,
    threshold: '',
    segments: '',
    storeFeatures: false,
    kernelspec: '',
    environment: 'kernelspec'
  };
}

/** What is wrong, by field. */
export function deployProblems(
  draft: DeployDraft,
  trans: TranslationBundle
): Partial<Record<keyof DeployDraft, string>> {
  const found: Partial<Record<keyof DeployDraft, string>> = {};
  if (!draft.label.trim()) {
    found.label = trans.__('This is needed.');
  } else if (draft.label.length > 200) {
    found.label = trans.__('At most 200 characters.');
  }
  if (draft.required && !draft.association.trim()) {
    found.association = trans.__('Name the column that is required.');
  }
  if (thresholdProblem(draft.threshold)) {
    found.threshold = trans.__('A number from 0 to 1.');
  }
  if (names(draft.segments).length > MOST_SEGMENTS) {
    found.segments = trans.__('At most %1 columns.', MOST_SEGMENTS);
  }
  return found;
}

/** Whether a threshold that was typed is none; nothing typed is right. */
export function thresholdProblem(text: string): boolean {
  const value = Number(text.trim());
  return text.trim() !== '' && !(value >= 0 && value <= 1);
}

export function deploymentBody(
  shown: Pick<Deployable, 'target_type'>,
  draft: DeployDraft
): DeploymentSettings {
  const association = draft.association.trim();
  const threshold = draft.threshold.trim();
  const segments = names(draft.segments);
  return {
    label: draft.label.trim(),
    description: draft.description,
    importance: draft.importance,
    ...(association
      ? { association_id_column: association, association_id_required: draft.required }
      : {}),
    ...(threshold && shown.target_type === 'binary'
      ? { prediction_threshold: Number(threshold) }
      : {}),
    ...(segments.length ? { segment_columns: segments } : {}),
    ...(draft.storeFeatures ? { store_features: true } : {}),
    ...runtimeOf(draft)
  };
}

/** What the model is to run in, where that is not as usual. */
export function runtimeOf(
  draft: Pick<DeployDraft, 'kernelspec' | 'environment'>
): Pick<DeploymentCreate, 'kernelspec' | 'environment'> {
  return {
    ...(draft.kernelspec ? { kernelspec: draft.kernelspec } : {}),
    ...(draft.environment === 'package' ? { environment: draft.environment } : {})
  };
}

/** Names with commas between. */
function names(text: string): string[] {
  const all = text.split(',').map(name => name.trim());
  return [...new Set(all.filter(Boolean))];
}
