// How a leaderboard is, or was, trained: data, partition, engine, recipe, and the job's log.
import type React from 'react';

import type { LeaderboardPublic } from '../../api/types';
import { useRegistry, useTrans } from '../../components/context';
import { Facts } from '../../components/Facts';
import { ProblemView } from '../../components/ProblemView';
import { RowsTable } from '../../components/RowsTable';
import { useAnswer } from '../../components/useAnswer';
import { useSeen } from '../../events/hooks';
import { count } from '../../format/numbers';
import { full } from '../../format/times';
import { metricTitle } from '../../monitoring/metrics';
import { useEffect } from '../../react';
import { valueText } from '../package/shape';
import { duration } from '../words';
import { Standing } from './Standing';

/** Milliseconds between two looks at the log of a job at work. */
const LOG_MS = 2000;

export function Training({ entity }: { entity: LeaderboardPublic }): React.ReactElement {
  const trans = useTrans();
  const { data, partition, engine } = entity;
  const rows = partition.rows ?? {};
  const recipe = Object.entries(entity.recipe ?? {}).filter(
    ([, value]) => value !== null && !(Array.isArray(value) && !value.length)
  );
  return (
    <>
      <Standing board={entity} />
      <Facts
        facts={[
          [trans.__('Data'), data.source],
          [trans.__('Rows'), count(data.rows)],
          [trans.__('Columns'), count(data.columns)],
          [trans.__('Digest'), <code key="digest">{data.digest}</code>],
          [
            trans.__('Partition'),
            partition.column
              ? trans.__('%1, by %2', partition.kind, partition.column)
              : partition.kind
          ],
          [trans.__('Training rows'), count(rows.training ?? 0)],
          [
            trans.__('Validation'),
            partition.folds
              ? trans.__('%1 folds', partition.folds)
              : trans.__('%1 rows', count(rows.validation ?? 0))
          ],
          [trans.__('Holdout rows'), count(rows.holdout ?? 0)],
          [trans.__('Ranked by'), metricTitle(entity.metric, trans)],
          [trans.__('Engine'), `${engine.name} ${engine.version ?? ''}`.trim()],
          [trans.__('Seed'), entity.seed],
          [
            trans.__('Time budget'),
            typeof entity.time_budget === 'number' ? duration(entity.time_budget, trans) : undefined
          ],
          [trans.__('Ended'), entity.ended_at ? full(entity.ended_at) : undefined]
        ]}
      />
      {entity.is_job && <Log board={entity} />}
      {recipe.length > 0 && (
        <>
          <h2 className="jp-Registry-partTitle">{trans.__('Recipe')}</h2>
          <RowsTable
            label={trans.__('Recipe')}
            columns={[trans.__('Option'), trans.__('Value')]}
            rows={recipe.map(([name, value]) => [name, valueText(value)])}
          />
        </>
      )}
    </>
  );
}

function Log({ board }: { board: LeaderboardPublic }): React.ReactElement {
  const trans = useTrans();
  const { api } = useRegistry();
  const { data, error, reload } = useAnswer(
    signal => api.leaderboardLog(board.id, signal),
    [board.id, board.state],
    true
  );
  const following = useSeen() && board.state === 'running';
  useEffect(() => {
    if (following) {
      const timer = setInterval(reload, LOG_MS);
      return () => clearInterval(timer);
    }
  }, [following, reload]);
  return (
    <>
      <h2 className="jp-Registry-partTitle">{trans.__('Log')}</h2>
      {error !== undefined && <ProblemView error={error} retry={reload} />}
      <pre className="jp-Registry-boardLog" role="region" aria-label={trans.__('Log')} tabIndex={0}>
        {data?.text ?? ''}
      </pre>
    </>
  );
}
