// The checks of a replacement, each with its outcome in sign and word, and what it says.
import React from 'react';

import type { Check } from '../../../api/types';
import { useTrans } from '../../../components/context';
import { checkName, checkStatusName } from '../../words';

const SIGNS = { passing: '✓', warning: '!', failing: '✕' } as const;

export function Checks(props: { checks: readonly Check[] }): React.ReactElement {
  const trans = useTrans();
  return (
    <ul className="jp-Registry-replaceChecks" aria-label={trans.__('Checks')}>
      {props.checks.map(({ name, status, message }) => {
        const [said, ...trace] = message.split('\n');
        const outcome = checkStatusName(status, trans);
        return (
          <li key={name} className={`jp-mod-${status}`}>
            <span
              className={`jp-Registry-light jp-mod-${status}`}
              role="img"
              aria-label={outcome}
              title={outcome}
            >
              {SIGNS[status]}
            </span>
            <strong>{checkName(name, trans)}</strong>
            <span>
              {said}
              {trace.length > 0 && (
                <details>
                  <summary>{trans.__('Traceback')}</summary>
                  <pre tabIndex={0} role="region" aria-label={trans.__('Traceback')}>
                    {trace.join('\n')}
                  </pre>
                </details>
              )}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

/** What the checks say together. */
export function verdict(checks: readonly Check[]): Check['status'] {
  const found = new Set(checks.map(check => check.status));
  return found.has('failing') ? 'failing' : found.has('warning') ? 'warning' : 'passing';
}
