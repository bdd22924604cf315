// A light with its reason: told by shape and by words too, not by colour alone.
import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

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
  const said = [`${props.label}: ${inWords(props.status, trans)}`, props.reason]
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

function inWords(status: Status, trans: TranslationBundle): string {
  switch (status) {
    case 'passing':
      return trans.__('good');
    case 'warning':
      return trans.__('look at it');
    case 'failing':
      return trans.__('bad');
    default:
      return trans.__('not known');
  }
}
