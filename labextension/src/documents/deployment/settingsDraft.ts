// What was typed into a deployment's settings and is not saved yet, and what is wrong with it.
import type { TranslationBundle } from '@jupyterlab/translation';

import type { DeploymentPublic, DeploymentUpdate, Importance } from '../../api/types';

/** The settings as they are typed. */
export interface Settings {
  label: string;
  description: string;
  importance: Importance;
  association_id_column: string;
  association_id_required: boolean;
  prediction_threshold: string;
  predict_seconds: string;
  store_features: boolean;
  segment_columns: string[];
}

export type Setting = keyof Settings;

/** The changed settings alone; `was` is what was in force when the change was begun. */
export type Draft = { [S in Setting]?: { was: Settings[S]; value: Settings[S] } };

/** Segment columns of a deployment, at most. */
export const MOST_SEGMENTS = 5;

/** The settings in force. */
export function inForce(shown: DeploymentPublic): Settings {
  const typed = (value: number | null | undefined) =>
    value === null || value === undefined ? '' : String(value);
  return {
    label: shown.label,
    description: shown.description ?? '',
    importance: shown.importance ?? 'moderate',
    association_id_column: shown.association_id_column ?? '',
    association_id_required: shown.association_id_required ?? false,
    prediction_threshold: typed(shown.prediction_threshold),
    predict_seconds: typed(shown.predict_seconds),
    store_features: shown.store_features ?? false,
    segment_columns: shown.segment_columns ?? []
  };
}

/** The draft after one more change; a setting that is as in force again is none any more. */
export function changed<S extends Setting>(
  draft: Draft,
  now: Settings,
  name: S,
  value: Settings[S]
): Draft {
  const next: Draft = { ...draft };
  if (same(value, now[name])) {
    delete next[name];
  } else {
    Object.assign(next, { [name]: { was: draft[name]?.was ?? now[name], value } });
  }
  return next;
}

/** The settings as the form shows them. */
export function withDraft(now: Settings, draft: Draft): Settings {
  const values = Object.entries(draft).map(([name, change]) => [name, change.value] as const);
  return { ...now, ...Object.fromEntries(values) };
}

/** The changed settings that somebody else changed since, to something else again. */
export function conflicts(now: Settings, draft: Draft): Setting[] {
  return (Object.keys(draft) as Setting[]).filter(
    name => !same(draft[name]!.was, now[name]) && !same(draft[name]!.value, now[name])
  );
}

/** What the server is sent: what was changed alone. */
export function bodyOf(draft: Draft): DeploymentUpdate {
  const body: Record<string, unknown> = {};
  for (const [name, { value }] of Object.entries(draft)) {
    body[name] = typeof value === 'string' ? value.trim() : value;
  }
  if (draft.association_id_column) {
    body.association_id_column = draft.association_id_column.value.trim() || null;
  }
  for (const name of ['prediction_threshold', 'predict_seconds'] as const) {
    const text = draft[name]?.value.trim();
    if (text !== undefined) {
      body[name] = text ? Number(text) : null;
    }
  }
  return body as DeploymentUpdate;
}

/** What is wrong with what is typed, by setting. */
export function faults(
  typed: Settings,
  trans: TranslationBundle
): Partial<Record<Setting, string>> {
  const found: Partial<Record<Setting, string>> = {};
  const label = typed.label.trim();
  if (!label) {
    found.label = trans.__('This is needed.');
  } else if (/^\d+$/.test(label)) {
    found.label = trans.__('It would be taken for an id: use one character that is no digit.');
  }
  const threshold = typed.prediction_threshold.trim();
  const share = Number(threshold);
  if (threshold && !(share >= 0 && share <= 1)) {
    found.prediction_threshold = trans.__('Give a number from 0 to 1, with a point.');
  }
  const seconds = typed.predict_seconds.trim();
  if (seconds && !(Number(seconds) > 0)) {
    found.predict_seconds = trans.__('Give a number of seconds, with a point.');
  }
  const id = typed.association_id_column.trim();
  if (typed.association_id_required && !id) {
    found.association_id_column = trans.__('It is required below: name the column that has it.');
  }
  if (typed.segment_columns.length > MOST_SEGMENTS) {
    found.segment_columns = trans.__('Choose at most %1.', MOST_SEGMENTS);
  } else if (id && typed.segment_columns.includes(id)) {
    found.segment_columns = trans.__(
      'The association ID has another value in each row: choose columns of few values.'
    );
  }
  return found;
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
