// A leaderboard's panel.
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type React from 'react';

import type { LeaderboardPublic } from '../../api/types';
import { LinkButton } from '../../components/buttons';
import { useRegistry, useTrans } from '../../components/context';
import { KeepProvider } from '../../components/kept';
import { full } from '../../format/times';
import { BoardState } from '../../sidebar/leaderboardRow';
import { EntityPanel } from '../panel';
import { targetTypeName } from '../words';

export function LeaderboardPanel(props: {
  id: number;
  tab?: string;
  kept?: ReadonlyPartialJSONObject;
  onRead: (shown: LeaderboardPublic) => void;
}): React.ReactElement {
  const { api, leaderboardTabs, leaderboardActions } = useRegistry();
  return (
    <KeepProvider kept={props.kept}>
      <EntityPanel
        tab={props.tab}
        read={signal => api.leaderboard(props.id, signal)}
        concerns={change =>
          (change.entity === 'leaderboard' && change.id === props.id) ||
          (change.entity === 'package' && change.action === 'deleted')
        }
        tabs={leaderboardTabs}
        actions={leaderboardActions}
        heading={shown => <Heading shown={shown} />}
        onRead={props.onRead}
      />
    </KeepProvider>
  );
}

function Heading({ shown }: { shown: LeaderboardPublic }): React.ReactElement {
  const trans = useTrans();
  const registry = useRegistry();
  const link = (label: string, id: number) => (
    <LinkButton key={label} onClick={() => void registry.openLeaderboard(id)}>
      {label}
    </LinkButton>
  );
  return (
    <>
      <h1>{shown.name}</h1>
      <p className="jp-Registry-facts">
        <BoardState state={shown.state} />
        <span>
          {trans.__('predicts %1', shown.target_name)}{' '}
          <span className="jp-Registry-muted">({targetTypeName(shown.target_type, trans)})</span>
        </span>
        <span className="jp-Registry-muted">{trans.__('leaderboard %1', shown.id)}</span>
        <span className="jp-Registry-muted">
          {trans.__('begun %1 by %2', full(shown.created_at), shown.created_by)}
        </span>
        {typeof shown.predecessor_id === 'number' &&
          link(
            trans.__('trained again from leaderboard %1', shown.predecessor_id),
            shown.predecessor_id
          )}
        {(shown.successors ?? []).map(id =>
          link(trans.__('trained again as leaderboard %1', id), id)
        )}
      </p>
    </>
  );
}
