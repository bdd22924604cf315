// What the sidebar's lists can be narrowed down by, and the questions that come of it.
import type { TranslationBundle } from '@jupyterlab/translation';

import type { DeploymentQuery, LeaderboardQuery, PackageQuery } from '../api/client';
import { statusName } from '../components/StatusLight';
import {
  boardStateName,
  importanceName,
  kindName,
  stateName,
  targetTypeName
} from '../documents/words';

/** Values by filter; what is missing or empty does not restrict. */
export type Filters = { [id: string]: string };

/** One filter: of these values, or of any text. */
export interface FilterField {
  id: string;
  label: string;
  /** Value and label; the first, of value `''`, is the one that does not restrict. */
  options?: readonly (readonly [string, string])[];
  placeholder?: string;
}

/** What a list is asked for. */
export interface Question {
  q: string;
  filters: Filters;
  sort: string;
}

export function isFiltered({ q, filters }: Pick<Question, 'q' | 'filters'>): boolean {
  return !!q.trim() || Object.values(filters).some(Boolean);
}

export function packageFilters(trans: TranslationBundle): readonly FilterField[] {
  return [
    {
      id: 'kind',
      label: trans.__('Kind'),
      options: [
        ['', trans.__('any')],
        ...(['native', 'custom', 'external'] as const).map(
          kind => [kind, kindName(kind, trans)] as const
        )
      ]
    },
    {
      id: 'target_type',
      label: trans.__('Target type'),
      options: [
        ['', trans.__('any')],
        ...(['binary', 'multiclass', 'regression', 'anomaly', 'unstructured'] as const).map(
          type => [type, targetTypeName(type, trans)] as const
        )
      ]
    },
    { id: 'tag', label: trans.__('Tag'), placeholder: trans.__('key or key:value') },
    {
      id: 'deployed',
      label: trans.__('Deployed'),
      options: [
        ['', trans.__('any')],
        ['true', trans.__('yes')],
        ['false', trans.__('no')]
      ]
    },
    {
      id: 'versions',
      label: trans.__('Versions'),
      options: [
        ['', trans.__('latest')],
        ['all', trans.__('all')],
        ['archived', trans.__('archived')]
      ]
    }
  ];
}

export function packageSorts(trans: TranslationBundle): readonly (readonly [string, string])[] {
  return [
    ['-created_at', trans.__('Newest first')],
    ['created_at', trans.__('Oldest first')],
    ['name', trans.__('Name, A to Z')],
    ['-name', trans.__('Name, Z to A')]
  ];
}

export function packageQuery({ q, filters, sort }: Question): PackageQuery {
  const { versions, ...others } = filters;
  return {
    ...set({ q: q.trim(), ...others }),
    ...(versions === 'archived'
      ? { archived: 'true' }
      : versions === 'all'
        ? {}
        : { latest: true }),
    sort
  } as PackageQuery;
}

export function deploymentFilters(trans: TranslationBundle): readonly FilterField[] {
  const states = (['active', 'inactive', 'archived'] as const).map(
    state => [state, stateName(state, trans)] as const
  );
  const statuses = (['passing', 'warning', 'failing', 'unknown'] as const).map(
    status => [status, statusName(status, trans)] as const
  );
  const any = ['', trans.__('any')] as const;
  return [
    {
      id: 'state',
      label: trans.__('State'),
      options: [['', trans.__('not archived')], ...states, ['any', trans.__('any')]]
    },
    {
      id: 'importance',
      label: trans.__('Importance'),
      options: [
        any,
        ...(['critical', 'high', 'moderate', 'low'] as const).map(
          importance => [importance, importanceName(importance, trans)] as const
        )
      ]
    },
    { id: 'service', label: trans.__('Service health'), options: [any, ...statuses] },
    { id: 'drift', label: trans.__('Drift'), options: [any, ...statuses] },
    { id: 'accuracy', label: trans.__('Accuracy'), options: [any, ...statuses] }
  ];
}

export function deploymentSorts(trans: TranslationBundle): readonly (readonly [string, string])[] {
  return [
    ['-created_at', trans.__('Newest first')],
    ['created_at', trans.__('Oldest first')],
    ['label', trans.__('Label, A to Z')],
    ['-label', trans.__('Label, Z to A')],
    ['-importance', trans.__('Most important first')],
    ['champion', trans.__('Champion, A to Z')]
  ];
}

export function deploymentQuery({ q, filters, sort }: Question): DeploymentQuery {
  return { ...set({ q: q.trim(), ...filters }), status: true, sort } as DeploymentQuery;
}

export function leaderboardFilters(trans: TranslationBundle): readonly FilterField[] {
  return [
    {
      id: 'state',
      label: trans.__('State'),
      options: [
        ['', trans.__('any')],
        ...(['running', 'done', 'stopped', 'failed'] as const).map(
          state => [state, boardStateName(state, trans)] as const
        )
      ]
    }
  ];
}

export function leaderboardSorts(trans: TranslationBundle): readonly (readonly [string, string])[] {
  return [
    ['-created_at', trans.__('Newest first')],
    ['created_at', trans.__('Oldest first')],
    ['name', trans.__('Name, A to Z')],
    ['target', trans.__('Target, A to Z')]
  ];
}

export function leaderboardQuery({ q, filters, sort }: Question): LeaderboardQuery {
  return { ...set({ q: q.trim(), ...filters }), sort } as LeaderboardQuery;
}

function set(values: Filters): Filters {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim()));
}
