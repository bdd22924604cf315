// What the form that trains a leaderboard has: its fields, what is wrong, what is sent.
import type { TranslationBundle } from '@jupyterlab/translation';

import type { LeaderboardJobCreate, LeaderboardPublic, TargetType } from '../../api/types';
import { nameProblem } from '../package/rules';

/** As typed; empty is the trainer's own choice. Kept across a reload of the page. */
export type TrainDraft = {
  /** A file of Jupyter's contents; a file of the computer cannot be kept. */
  path: string;
  target: string;
  type: TargetType | '';
  /** Of two classes. */
  positive: string;
  metric: string;
  /** Columns that are not trained on. */
  drop: string[];
  budget: string;
  name: string;
  kernelspec: string;
  divide: 'auto' | 'random' | 'time' | 'group';
  column: string;
};

export const EMPTY: TrainDraft = {
  path: '',
  target: '',
  type: '',
  positive: '',
  metric: '',
  drop: [],
  budget: '60',
  name: '',
  kernelspec: '',
  divide: 'auto',
  column: ''
};

/** The form of a leaderboard that is trained again: its recipe, without the data. */
export function draftLike(board: LeaderboardPublic): TrainDraft {
  const recipe = board.recipe ?? {};
  const text = (name: string) => (typeof recipe[name] === 'string' ? recipe[name] : '');
  const group = text('group_column');
  const time = text('date_column') || (text('partition') === 'time' && board.partition.column);
  return {
    ...EMPTY,
    target: board.target_name,
    type: text('target_type') as TargetType | '',
    positive: text('positive_class'),
    metric: text('metric'),
    drop: ((recipe['drop'] ?? []) as unknown[]).map(String),
    budget: String(board.time_budget ?? EMPTY.budget),
    name: board.name,
    divide: group ? 'group' : time ? 'time' : text('partition') === 'random' ? 'random' : 'auto',
    column: group || time || ''
  };
}

/** Columns that the models of a leaderboard need, and a file has not. */
export function columnsMissing(
  board: Pick<LeaderboardPublic, 'signature'>,
  columns: readonly string[]
): string[] {
  const needed = (board.signature ?? []).map(column => String(column['name']));
  return columns.length ? needed.filter(name => !columns.includes(name)) : [];
}

/** Seconds of a training at least, as the trainer has it. */
const LEAST_BUDGET = 5;

/** What is wrong, by field; `file` where there are no data. */
export function trainProblems(
  draft: TrainDraft,
  hasFile: boolean,
  columns: readonly string[],
  trans: TranslationBundle
): Partial<Record<keyof TrainDraft | 'file', string>> {
  const found: Partial<Record<keyof TrainDraft | 'file', string>> = {};
  if (!hasFile && !draft.path) {
    found.file = trans.__('Choose a file.');
  }
  if (!draft.target.trim()) {
    found.target = trans.__('Choose the column to predict.');
  } else if (columns.length && !columns.includes(draft.target)) {
    found.target = trans.__('The file has no such column.');
  }
  if (!(Number(draft.budget) >= LEAST_BUDGET)) {
    found.budget = trans.__('At least %1 seconds.', LEAST_BUDGET);
  }
  if (draft.name.trim()) {
    const wrong = nameProblem(draft.name.trim(), trans);
    if (wrong) {
      found.name = wrong;
    }
  }
  if (draft.divide === 'time' || draft.divide === 'group') {
    if (!draft.column.trim()) {
      found.column = trans.__('Choose the column.');
    }
  }
  return found;
}

/** The options that the form has, as they are where nothing is chosen. */
const NONE = {
  target_type: null,
  positive_class: null,
  metric: null,
  drop: [],
  partition: 'auto',
  date_column: null,
  group_column: null
};

/**
 * The body, but for an upload. Of what is trained again, what the form has not is as in the recipe
 * of the leaderboard `like`; what it has is said, though it be empty.
 */
export function trainBody(
  draft: TrainDraft,
  like?: Pick<LeaderboardPublic, 'id' | 'target_name'>
): LeaderboardJobCreate {
  const positive = draft.type === '' || draft.type === 'binary' ? draft.positive.trim() : '';
  const options = {
    ...(like ? NONE : {}),
    ...(like && like.target_name !== draft.target ? { class_labels: null } : {}),
    ...(draft.type ? { target_type: draft.type } : {}),
    ...(positive ? { positive_class: positive } : {}),
    ...(draft.metric ? { metric: draft.metric } : {}),
    ...(draft.drop.length ? { drop: draft.drop } : {}),
    ...(draft.divide === 'auto' ? {} : { partition: draft.divide }),
    ...(draft.divide === 'time' ? { date_column: draft.column } : {}),
    ...(draft.divide === 'group' ? { group_column: draft.column } : {})
  };
  return {
    target_name: draft.target,
    time_budget: Number(draft.budget),
    options,
    ...(like ? { predecessor_id: like.id } : {}),
    ...(draft.path ? { contents: draft.path } : {}),
    ...(draft.name.trim() ? { name: draft.name.trim() } : {}),
    ...(draft.kernelspec ? { kernelspec: draft.kernelspec } : {})
  };
}

/** A column that is called as targets are; empty where none is. */
export function likelyTarget(columns: readonly string[]): string {
  const usual = ['target', 'label', 'y', 'class', 'outcome'];
  return columns.find(name => usual.includes(name.toLowerCase())) ?? '';
}
