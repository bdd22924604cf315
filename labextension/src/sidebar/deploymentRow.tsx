// A deployment in the sidebar: three lines, with what the settings say.
import type { TranslationBundle } from '@jupyterlab/translation';
import type React from 'react';

import type { DeploymentListed, Judged } from '../api/types';
import { Badge } from '../components/Badge';
import { useShownColumns, useTrans } from '../components/context';
import { Sparkline } from '../components/Sparkline';
import { StatusLight } from '../components/StatusLight';
import { importanceName, stateName } from '../documents/words';
import { count } from '../format/numbers';

/** A deployment as a list has it. */
export type DeploymentRow = DeploymentListed;

export const DEPLOYMENT_ROW_HEIGHT = 64;

export function DeploymentRowView({ shown }: { shown: DeploymentRow }): React.ReactElement {
  const trans = useTrans();
  const shows = useShownColumns('deploymentColumns');
  const { importance = 'moderate', status, predictions_by_day: days } = shown;
  return (
    <>
      <span className="jp-Registry-rowLine">
        <span className="jp-Registry-rowTitle">{shown.label}</span>
        {shows('status') && status && (
          <span className="jp-Registry-lights">
            <Light label={trans.__('Service health')} judged={status.service} />
            <Light label={trans.__('Drift')} judged={status.drift} />
            <Light label={trans.__('Accuracy')} judged={status.accuracy} />
          </span>
        )}
      </span>
      <span className="jp-Registry-rowLine">
        {shows('state') && (
          <Badge tone={shown.state === 'active' ? 'success' : 'plain'}>
            {stateName(shown.state, trans)}
          </Badge>
        )}
        {shows('importance') && (
          <Badge
            tone={importance === 'critical' ? 'error' : importance === 'high' ? 'warn' : 'plain'}
          >
            {importanceName(importance, trans)}
          </Badge>
        )}
        {shows('predictions') && days && (
          <span className="jp-Registry-rowEnd">
            <Sparkline values={days} label={predictionsText(days, trans)} />
          </span>
        )}
      </span>
      {shows('champion') && (
        <span className="jp-Registry-rowLine">
          <span className="jp-Registry-rowText jp-Registry-muted">{shown.package}</span>
        </span>
      )}
    </>
  );
}

function Light(props: { label: string; judged: Judged }): React.ReactElement {
  const { status = 'unknown', reason } = props.judged;
  return <StatusLight status={status} label={props.label} reason={reason} />;
}

/** All of it in words, for the mouse that rests on the row. */
export function deploymentTitle(shown: DeploymentRow, trans: TranslationBundle): string {
  return [
    shown.label,
    trans.__('%1, importance %2', stateName(shown.state, trans), shown.importance ?? 'moderate'),
    trans.__('Champion: %1', shown.package),
    shown.description ?? ''
  ]
    .filter(Boolean)
    .join('\n');
}

function predictionsText(days: readonly number[], trans: TranslationBundle): string {
  const sum = days.reduce((all, one) => all + one, 0);
  return trans._n(
    '%2 prediction in %3 days, by day: %4',
    '%2 predictions in %3 days, by day: %4',
    sum,
    count(sum),
    days.length,
    days.map(value => count(value)).join(', ')
  );
}
