// The sidebar's section of leaderboards.
import type React from 'react';

import { leaderboardCode } from '../commands/code';
import { useRegistry, useTrans } from '../components/context';
import { EmptyState } from '../components/EmptyState';
import { useMemo } from '../react';
import type { SidebarSection } from '../tokens';
import { EntityList } from './EntityList';
import { leaderboardFilters, leaderboardQuery, leaderboardSorts } from './filters';
import { LEADERBOARD_ROW_HEIGHT, LeaderboardRow, leaderboardTitle } from './leaderboardRow';
import { useRowCommands } from './parts';

export const leaderboards: SidebarSection = {
  id: 'leaderboards',
  rank: 20,
  label: trans => trans.__('Leaderboards'),
  component: Leaderboards
};

function Leaderboards(): React.ReactElement {
  const trans = useTrans();
  const registry = useRegistry();
  const commands = useRowCommands().leaderboards;
  const fields = useMemo(() => leaderboardFilters(trans), [trans]);
  const sorts = useMemo(() => leaderboardSorts(trans), [trans]);
  return (
    <EntityList
      id="leaderboards"
      label={trans.__('Leaderboards')}
      searchLabel={trans.__('Search leaderboards')}
      commands={commands}
      fields={fields}
      sorts={sorts}
      read={(question, page, signal) =>
        registry.api.leaderboards({ ...leaderboardQuery(question), ...page }, signal)
      }
      concerns={({ entity }) => entity === 'leaderboard'}
      name={shown => shown.name}
      code={leaderboardCode}
      rowHeight={LEADERBOARD_ROW_HEIGHT}
      row={shown => <LeaderboardRow shown={shown} />}
      rowTitle={shown => leaderboardTitle(shown, trans)}
      deleteAction="delete"
      empty={
        <EmptyState
          title={trans.__('Nothing was trained here yet.')}
          action={{ label: trans.__('New leaderboard'), run: () => void registry.newLeaderboard() }}
        >
          {trans.__('Have models of a table trained and ranked, from here or from a notebook:')}
          <code className="jp-Registry-example">{'Leaderboard(data, "left").run()'}</code>
        </EmptyState>
      }
    />
  );
}
