// A light with its reason: told by shape and by words too, not by colour alone.
import type { TranslationBundle } from '@jupyterlab/translation';
import type React from 'react';

import { useTrans } from './context';

export type Status = 'passing' | 'warning' | 'failing' | 'unknown';

const SIGNS: Record<Status, string> = { passing: '✓', warning: '!', failing: '✕', unknown: '?' };

export function StatusLight(props: {
  status: Status;
  /** What is judged, as `Drift`. */
  label: string;
  reason?: string;
}): React.ReactElement {
  const trans = useTrans();
  const said = [`${props.label}: ${statusName(props.status, trans)}`, props.reason]
    .filter(Boolean)
    .join('. ');
  return (
    <span
      className={`jp-Registry-light jp-mod-${props.status}`}
      role="img"
      aria-label={said}
      title={said}
    >
      {SIGNS[props.status]}
    </span>
  );
}

export function statusName(status: Status, trans: TranslationBundle): string {
  const names: Record<Status, string> = {
    passing: trans.__('passing'),
    warning: trans.__('warning'),
    failing: trans.__('failing'),
    unknown: trans.__('not known')
  };
  return names[status];
}
