// A leaderboard's models: how the training stands, their table, their speed, and one in detail.
import type React from 'react';

import type { LeaderboardPublic } from '../../api/types';
import { Chart } from '../../charts/Chart';
import { Choice } from '../../components/Choice';
import { useRegistry, useTrans } from '../../components/context';
import { EmptyState } from '../../components/EmptyState';
import { useKept } from '../../components/kept';
import { useAnswer } from '../../components/useAnswer';
import { metricNames, metricTitle } from '../../monitoring/metrics';
import { useEffect, useMemo, useRef } from '../../react';
import { scoreAgainstTime } from './drawings';
import { ModelDetails } from './ModelDetails';
import { openModelMenu } from './modelMenu';
import { ModelTable } from './ModelTable';
import { greaterIsBetter, ranked } from './shape';
import { Standing } from './Standing';
import { useModelActions } from './useModelActions';

export function Models({ entity }: { entity: LeaderboardPublic }): React.ReactElement {
  const trans = useTrans();
  const { api } = useRegistry();
  const { data: rules } = useAnswer(() => api.rules(), []);
  const [metric, setMetric] = useKept('metric', entity.metric, true);
  const [chosen, choose] = useKept<number | null>('model', null, true);
  const models = useMemo(() => entity.models ?? [], [entity.models]);
  const order = useMemo(
    () => (rules ? ranked(models, metric, greaterIsBetter(rules, entity, metric)) : []),
    [models, metric, rules, entity]
  );
  const selected =
    order.find(({ model }) => model.number === chosen)?.model ??
    (order[0]?.rank === 1 ? order[0].model : undefined);
  const drawing = useMemo(
    () => scoreAgainstTime(order, metric, selected?.number, trans),
    [order, metric, selected?.number, trans]
  );
  const actions = useModelActions(entity);
  const announced = useAnnouncement(entity);
  return (
    <>
      <Standing board={entity} />
      <span className="jp-Registry-unseen" role="status">
        {announced}
      </span>
      {(entity.warnings ?? []).length > 0 && (
        <ul className="jp-Registry-boardWarnings" aria-label={trans.__('Warnings')}>
          {entity.warnings!.map(warning => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      )}
      {rules && models.length > 0 && (
        <>
          <div className="jp-Registry-pickers">
            <Choice
              label={trans.__('Rank by')}
              value={metric}
              options={metricNames(rules, entity.target_type, trans).map(name => [
                name,
                metricTitle(name, trans)
              ])}
              choose={setMetric}
            />
          </div>
          <ModelTable
            models={order}
            metric={metric}
            selected={selected?.number}
            select={choose}
            menu={(model, x, y) => openModelMenu(actions(model), x, y)}
          />
          {order.some(one => one.score !== undefined) && (
            <Chart drawing={drawing} subject={entity.name} />
          )}
          {selected && (
            <ModelDetails key={selected.number} board={entity} model={selected} metric={metric} />
          )}
        </>
      )}
      {!models.length && entity.state !== 'running' && (
        <EmptyState title={trans.__('There is no model.')}>{entity.error}</EmptyState>
      )}
    </>
  );
}

/** What is said to screen readers when a model has come. */
function useAnnouncement(board: LeaderboardPublic): string {
  const trans = useTrans();
  const before = useRef(board.models?.length ?? 0);
  const text = useRef('');
  const models = board.models ?? [];
  if (models.length > before.current) {
    text.current = trans.__('%1 has come.', models[models.length - 1].label);
  }
  useEffect(() => {
    before.current = models.length;
  });
  return text.current;
}
