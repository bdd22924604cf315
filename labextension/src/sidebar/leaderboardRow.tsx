// A leaderboard in the sidebar: its target, how its training stands, its best model.
import type { TranslationBundle } from '@jupyterlab/translation';
import type React from 'react';

import type { LeaderboardState, LeaderboardSummary } from '../api/types';
import { Badge, type BadgeTone } from '../components/Badge';
import { useTrans } from '../components/context';
import { boardStateName, progressText, shareDone, targetTypeName } from '../documents/words';
import { measure } from '../format/numbers';
import { ago } from '../format/times';
import { metricTitle } from '../monitoring/metrics';

export const LEADERBOARD_ROW_HEIGHT = 64;

const TONES: Record<LeaderboardState, BadgeTone> = {
  running: 'brand',
  done: 'success',
  stopped: 'plain',
  failed: 'error'
};

export function BoardState({ state }: { state: LeaderboardState }): React.ReactElement {
  const trans = useTrans();
  return <Badge tone={TONES[state]}>{boardStateName(state, trans)}</Badge>;
}

export function LeaderboardRow({ shown }: { shown: LeaderboardSummary }): React.ReactElement {
  const trans = useTrans();
  return (
    <>
      <span className="jp-Registry-rowLine">
        <span className="jp-Registry-rowTitle">{shown.name}</span>
        <BoardState state={shown.state} />
      </span>
      <span className="jp-Registry-rowLine">
        <span className="jp-Registry-rowText jp-Registry-muted">
          {trans.__('%1 · leaderboard %2', shown.target_name, shown.id)}
        </span>
        {shown.state === 'running' && (
          <span className="jp-Registry-rowEnd">
            <progress
              className="jp-Registry-rowProgress"
              aria-label={progressText(shown, trans)}
              max={1}
              value={shareDone(shown)}
            />
          </span>
        )}
      </span>
      <span className="jp-Registry-rowLine">
        <span className="jp-Registry-rowText jp-Registry-muted">{leaderText(shown, trans)}</span>
      </span>
    </>
  );
}

/** All of it in words, for the mouse that rests on the row. */
export function leaderboardTitle(shown: LeaderboardSummary, trans: TranslationBundle): string {
  return [
    trans.__('%1, leaderboard %2', shown.name, shown.id),
    trans.__('%1, %2', shown.target_name, targetTypeName(shown.target_type, trans)),
    shown.state === 'running' ? progressText(shown, trans) : boardStateName(shown.state, trans),
    leaderText(shown, trans),
    (shown.packages ?? []).join(', '),
    trans.__('begun %1 by %2', ago(shown.created_at), shown.created_by),
    shown.error ?? ''
  ]
    .filter(Boolean)
    .join('\n');
}

function leaderText(shown: LeaderboardSummary, trans: TranslationBundle): string {
  if (!shown.leader) {
    return shown.state === 'running' ? trans.__('no model yet') : trans.__('no model');
  }
  return trans.__(
    '%1: %2 %3',
    shown.leader,
    metricTitle(shown.metric, trans),
    measure(shown.leader_score)
  );
}
