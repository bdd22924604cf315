// Predictions of the last days as bars, each with its day and its number.
import type React from 'react';

import { useTrans } from '../../../components/context';
import { compact, count } from '../../../format/numbers';
import { days } from './days';

export function Usage(props: { byDay: readonly number[]; now?: Date }): React.ReactElement {
  const trans = useTrans();
  const { byDay, now } = props;
  const top = Math.max(...byDay, 1);
  const total = byDay.reduce((sum, one) => sum + one, 0);
  const names = days(byDay.length, now);
  return (
    <figure className="jp-Registry-usage">
      <ol aria-label={trans.__('Predictions of the last %1 days (UTC)', byDay.length)}>
        {byDay.map((n, at) => (
          <li key={at} title={`${names[at].full}: ${count(n)}`}>
            <span className="jp-Registry-usageCount">{compact(n)}</span>
            <span
              className="jp-Registry-usageBar"
              aria-hidden="true"
              style={{ height: `${(48 * n) / top}px` }}
            />
            <span className="jp-Registry-muted">{names[at].short}</span>
          </li>
        ))}
      </ol>
      <figcaption className="jp-Registry-muted">
        {trans._n(
          '%2 prediction in 7 days (UTC)',
          '%2 predictions in 7 days (UTC)',
          total,
          count(total)
        )}
      </figcaption>
    </figure>
  );
}
