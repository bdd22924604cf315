// The checks of a replacement, the worst first, each with its outcome in sign and word.
import type React from 'react';

import type { Check } from '../../../api/types';
import { useTrans } from '../../../components/context';
import { checkName, checkStatusName } from '../../words';

const SIGNS = { passing: '✓', warning: '!', failing: '✕' } as const;
const ORDER: readonly Check['status'][] = ['failing', 'warning', 'passing'];

export function Checks(props: { checks: readonly Check[] }): React.ReactElement {
  const trans = useTrans();
  const ordered = ORDER.flatMap(status => props.checks.filter(check => check.status === status));
  return (
    <ul className="jp-Registry-replaceChecks" aria-label={trans.__('Checks')}>
      {ordered.map(({ name, status, message }) => {
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
