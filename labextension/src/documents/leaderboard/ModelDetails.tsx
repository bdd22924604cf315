// One model of a leaderboard: what can be done with it, and what it tells of itself.
import type React from 'react';

import type { BoardModelPublic, BoardModelSummary, LeaderboardPublic } from '../../api/types';
import { useRegistry, useTrans } from '../../components/context';
import { Facts } from '../../components/Facts';
import { ProblemView } from '../../components/ProblemView';
import { Spinner } from '../../components/Progress';
import { RowsTable } from '../../components/RowsTable';
import { useAnswer } from '../../components/useAnswer';
import { measure } from '../../format/numbers';
import { full } from '../../format/times';
import { metricTitle } from '../../monitoring/metrics';
import { valueText } from '../package/shape';
import { ActionButtons } from './ActionButtons';
import { Blueprint } from './Blueprint';
import { ModelCharts } from './ModelCharts';
import { holdoutOf } from './shape';
import { useModelActions } from './useModelActions';

export function ModelDetails(props: {
  board: LeaderboardPublic;
  model: BoardModelSummary;
  metric: string;
}): React.ReactElement {
  const trans = useTrans();
  const { api } = useRegistry();
  const { board, model } = props;
  const { data, error, reload } = useAnswer(
    signal => api.boardModel(board.id, model.number, signal),
    [board.id, model.number, model.unlocked_at, model.package],
    true
  );
  const actions = useModelActions(board)(model);
  const parameters = Object.entries(model.parameters ?? {});
  return (
    <section className="jp-Registry-boardModel" aria-label={model.label}>
      <header className="jp-Registry-panelHeader">
        <h2>{model.label}</h2>
        {model.state !== 'failed' && <ActionButtons actions={actions} />}
      </header>
      {model.state === 'failed' ? (
        <pre className="jp-Registry-boardLog" tabIndex={0} aria-label={trans.__('Why it failed')}>
          {model.reason}
        </pre>
      ) : (
        <Metrics board={board} model={model} />
      )}
      {error !== undefined && <ProblemView error={error} retry={reload} />}
      {!data && error === undefined && <Spinner />}
      {data && <Told board={board} model={data} />}
      {parameters.length > 0 && (
        <>
          <h3 className="jp-Registry-partTitle">{trans.__('Parameters')}</h3>
          <RowsTable
            label={trans.__('Parameters')}
            columns={[trans.__('Parameter'), trans.__('Value')]}
            rows={parameters.map(([name, value]) => [name, valueText(value)])}
          />
        </>
      )}
    </section>
  );
}

function Told(props: { board: LeaderboardPublic; model: BoardModelPublic }): React.ReactElement {
  const trans = useTrans();
  const { board, model } = props;
  return (
    <>
      {model.state !== 'failed' && <ModelCharts board={board} model={model} />}
      {(model.blueprint ?? []).length > 0 && (
        <>
          <h3 className="jp-Registry-partTitle">{trans.__('Blueprint')}</h3>
          <Blueprint steps={model.blueprint!} target={board.target_name} />
        </>
      )}
    </>
  );
}

/** All metrics: of the validation rows, and of the holdout once it is unlocked. */
function Metrics(props: {
  board: LeaderboardPublic;
  model: BoardModelSummary;
}): React.ReactElement {
  const trans = useTrans();
  const { model } = props;
  const measured = Object.entries(model.validation ?? {});
  return (
    <>
      <Facts
        facts={[
          [
            trans.__('Holdout'),
            model.unlocked_at
              ? trans.__('unlocked %1 by %2', full(model.unlocked_at), model.unlocked_by ?? '–')
              : trans.__('sealed')
          ],
          [trans.__('Family'), model.family],
          [trans.__('Format'), model.format]
        ]}
      />
      <RowsTable
        label={trans.__('Metrics')}
        columns={[
          trans.__('Metric'),
          trans.__('Validation'),
          trans.__('Spread'),
          ...(model.holdout ? [trans.__('Holdout')] : [])
        ]}
        numbers={[1, 2, 3]}
        rows={measured.map(([name, found]) => [
          metricTitle(name, trans),
          measure(found.mean),
          measure(found.spread),
          ...(model.holdout ? [measure(holdoutOf(model, name))] : [])
        ])}
      />
    </>
  );
}
