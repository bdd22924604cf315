// Which package was in service when, why it came and who brought it: newest first.
import React from 'react';

import type { ServicePeriod } from '../../../api/types';
import { Badge } from '../../../components/Badge';
import { Button, LinkButton } from '../../../components/buttons';
import { useRegistry, useTrans } from '../../../components/context';
import { full } from '../../../format/times';
import { reasonName } from '../../words';
import { placed } from './periods';

/** Periods that are shown at first. */
const SHOWN = 8;

export function Timeline(props: { periods: readonly ServicePeriod[] }): React.ReactElement {
  const trans = useTrans();
  const registry = useRegistry();
  const [all, setAll] = React.useState(false);
  const ordered = placed(props.periods);
  const shown = all ? ordered : ordered.slice(0, SHOWN);
  return (
    <>
      <ol className="jp-Registry-timeline" aria-label={trans.__('History, newest first')}>
        {shown.map(({ period, from, share }) => (
          <li key={period.start}>
            <p className="jp-Registry-facts">
              <LinkButton onClick={() => void registry.openPackage(period.package_id)}>
                {period.package}
              </LinkButton>
              {!period.end && <Badge tone="success">{trans.__('in service')}</Badge>}
              {period.reason && <Badge>{reasonName(period.reason, trans)}</Badge>}
            </p>
            <span className="jp-Registry-timelineTrack" aria-hidden="true">
              <span
                className={period.end ? undefined : 'jp-mod-now'}
                style={{
                  left: `min(${100 * from}%, calc(100% - 4px))`,
                  width: `${100 * Math.min(share, 1 - from)}%`
                }}
              />
            </span>
            <p className="jp-Registry-muted">
              <time dateTime={period.start}>{full(period.start)}</time>
              {' – '}
              {period.end ? <time dateTime={period.end}>{full(period.end)}</time> : trans.__('now')}
              {period.user && ` · ${period.user}`}
            </p>
            {period.note && <p className="jp-Registry-timelineNote">{period.note}</p>}
          </li>
        ))}
      </ol>
      {ordered.length > shown.length && (
        <Button onClick={() => setAll(true)}>
          {trans._n('Show %1 earlier one', 'Show %1 earlier ones', ordered.length - shown.length)}
        </Button>
      )}
    </>
  );
}
