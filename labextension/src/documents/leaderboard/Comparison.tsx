// A leaderboard's models beside its predecessor's, on the same holdout.
import type React from 'react';

import type { BoardModelSummary, Incumbent, LeaderboardPublic } from '../../api/types';
import { Choice } from '../../components/Choice';
import { useRegistry, useTrans } from '../../components/context';
import { EmptyState } from '../../components/EmptyState';
import { useKept } from '../../components/kept';
import { RowsTable } from '../../components/RowsTable';
import { useAnswer } from '../../components/useAnswer';
import { count, measure } from '../../format/numbers';
import { metricTitle } from '../../monitoring/metrics';
import { ActionButtons } from './ActionButtons';
import { compared, greaterIsBetter, ranked } from './shape';
import { useModelActions } from './useModelActions';

export function Comparison({ entity }: { entity: LeaderboardPublic }): React.ReactElement {
  const trans = useTrans();
  const registry = useRegistry();
  const { data: rules } = useAnswer(() => registry.api.rules(), []);
  const [oldNumber, setOld] = useKept<number | null>('old', null, true);
  const [newNumber, setNew] = useKept<number | null>('new', null, true);
  const known = entity.incumbents ?? [];
  const older = known.filter(measured);
  const newer = rules
    ? ranked(entity.models ?? [], entity.metric, greaterIsBetter(rules, entity, entity.metric))
        .filter(({ rank }) => rank !== undefined)
        .map(({ model }) => model)
    : [];
  const old = older.find(({ number }) => number === oldNumber) ?? older[0];
  const model = newer.find(({ number }) => number === newNumber) ?? newer[0];
  const reasons = known.filter(one => !measured(one));
  return (
    <>
      {reasons.length > 0 && (
        <ul className="jp-Registry-boardWarnings" aria-label={trans.__('Not measured')}>
          {reasons.map(one => (
            <li key={one.number}>
              {trans.__(
                '%1 could not be measured on the holdout: %2',
                nameOf(one),
                one.reason ?? '–'
              )}
            </li>
          ))}
        </ul>
      )}
      {!old && <Nothing board={entity} />}
      {old && !model && rules && (
        <EmptyState title={trans.__('There is no model to compare yet.')} />
      )}
      {old && model && (
        <>
          <div className="jp-Registry-pickers jp-Registry-boardPickers">
            <Choice
              label={trans.__('Old')}
              value={String(old.number)}
              options={older.map(one => [String(one.number), nameOf(one)])}
              choose={number => setOld(Number(number))}
            />
            <Choice
              label={trans.__('New')}
              value={String(model.number)}
              options={newer.map(one => [String(one.number), one.label])}
              choose={number => setNew(Number(number))}
            />
          </div>
          <Beside key={model.number} board={entity} old={old} model={model} />
        </>
      )}
    </>
  );

  function nameOf(one: Incumbent): string {
    const of = trans.__('%1 of leaderboard %2', one.label, one.leaderboard_id);
    return one.package ? `${of} (${one.package})` : of;
  }
}

/** Both in a table; while the newer one's holdout is sealed, how to unlock it. */
function Beside(props: {
  board: LeaderboardPublic;
  old: Incumbent;
  model: BoardModelSummary;
}): React.ReactElement {
  const trans = useTrans();
  const { api } = useRegistry();
  const { data: rules } = useAnswer(() => api.rules(), []);
  const { board, old, model } = props;
  const actions = useModelActions(board)(model);
  if (!model.holdout) {
    return (
      <>
        <p>
          {trans.__(
            'The holdout of %1 is sealed. Once it is unlocked, both are compared on the same rows.',
            model.label
          )}
        </p>
        <ActionButtons actions={actions.filter(({ id }) => id === 'unlock')} />
      </>
    );
  }
  const found = rules ? compared(rules, board, old, model) : [];
  const words = { old: trans.__('the old one'), new: trans.__('the new one') };
  const strong = (metric: string, text: React.ReactNode) =>
    metric === board.metric ? <strong>{text}</strong> : text;
  const rows = Object.values(old.metrics ?? {}).map(one => Number((one as { n?: number })?.n ?? 0));
  return (
    <>
      <p>
        {trans.__('Both on the same %1 rows, which were held out.', count(Math.max(0, ...rows)))}
      </p>
      <RowsTable
        label={trans.__('Comparison')}
        columns={[
          trans.__('Metric'),
          trans.__('Old: %1', old.label),
          trans.__('New: %1', model.label),
          trans.__('Difference'),
          trans.__('Better')
        ]}
        numbers={[1, 2, 3]}
        rows={found.map(one => [
          strong(one.metric, metricTitle(one.metric, trans)),
          strong(one.metric, measure(one.old)),
          strong(one.metric, measure(one.new)),
          strong(one.metric, signed(one.difference)),
          one.better ? words[one.better] : ''
        ])}
      />
      <p className="jp-Registry-muted">
        {trans.__(
          'The old model may have been trained on some of these rows, where its data went as far: then it looks better than it is.'
        )}
      </p>
      <ActionButtons
        actions={['replace', 'deploy'].flatMap(id => actions.filter(one => one.id === id))}
      />
    </>
  );
}

/** Why there is nothing to compare, and what to do about it. */
function Nothing({ board }: { board: LeaderboardPublic }): React.ReactElement {
  const trans = useTrans();
  const registry = useRegistry();
  if (board.incumbents?.length) {
    return <></>; // the reasons are said
  }
  if (typeof board.predecessor_id === 'number') {
    return (
      <EmptyState title={trans.__('Nothing is measured to compare with.')}>
        {board.state === 'running'
          ? trans.__('The older models are measured before the new ones are trained.')
          : trans.__(
              'No model of leaderboard %1 was measured on the holdout of this one.',
              board.predecessor_id
            )}
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title={trans.__('There is no older model to compare with.')}
      action={
        board.state === 'running'
          ? undefined
          : {
              label: trans.__('Train Again…'),
              run: () => void registry.newLeaderboard(undefined, board.id)
            }
      }
    >
      {trans.__(
        'Train this leaderboard again with newer data: its models are then measured on the same holdout as the new ones.'
      )}
    </EmptyState>
  );
}

function measured(one: Incumbent): boolean {
  return Object.keys(one.metrics ?? {}).length > 0;
}

function signed(value: number | undefined): string {
  return value === undefined ? '–' : `${value > 0 ? '+' : ''}${measure(value)}`;
}
