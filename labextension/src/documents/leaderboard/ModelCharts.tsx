// What a model of a leaderboard showed on validation rows, drawn.
import type { TranslationBundle } from '@jupyterlab/translation';
import type React from 'react';

import type { AccuracyDetails, BoardModelPublic, LeaderboardPublic } from '../../api/types';
import { Chart } from '../../charts/Chart';
import type { Drawing } from '../../charts/spec';
import { useTrans } from '../../components/context';
import { useMemo } from '../../react';
import { confusionMatrix } from '../deployment/drawings/confusion';
import { predictedAgainstActual, residualHistogram } from '../deployment/drawings/regression';
import { importanceBars, learningCurve, liftCurve, partialDependence, rocCurve } from './drawings';
import type { Details } from './shape';

/** Features whose partial dependence is drawn. */
const MOST_DEPENDENCE = 4;

export function ModelCharts(props: {
  board: LeaderboardPublic;
  model: BoardModelPublic;
}): React.ReactElement {
  const trans = useTrans();
  const { board, model } = props;
  const text = JSON.stringify(model.details ?? {});
  const drawings = useMemo(() => {
    const told = JSON.parse(text) as Details;
    const found: (Drawing | undefined)[] = [
      told.importance && importanceBars(told.importance, trans),
      told.roc && rocCurve(told.roc, trans),
      told.lift && liftCurve(told.lift, trans),
      told.confusion &&
        confusionMatrix(
          told.confusion.matrix,
          told.confusion.labels,
          trans.__('of validation rows'),
          trans
        ),
      told.residuals && againstActual(told.residuals, trans),
      told.residuals && residualHistogram(sampled(told.residuals), trans),
      told.learning_curve && learningCurve(told.learning_curve, board.metric, trans),
      ...Object.entries(told.partial_dependence ?? {})
        .slice(0, MOST_DEPENDENCE)
        .filter(([, one]) => one.values.length)
        .map(([feature, one]) =>
          partialDependence(feature, one, board.class_labels ?? [], predicted(), trans)
        )
    ];
    return found.filter((one): one is Drawing => one !== undefined);

    function predicted(): string {
      return board.target_type === 'binary'
        ? trans.__('probability of %1', board.positive_class ?? '')
        : board.target_type === 'multiclass'
          ? trans.__('probability')
          : board.target_name;
    }
    // of a leaderboard the target does not change
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [text, trans]);
  return (
    <div className="jp-Registry-chartRow">
      {drawings.map(drawing => (
        <Chart
          key={drawing.name}
          drawing={drawing}
          subject={`${board.name} ${model.number} ${model.label}`}
        />
      ))}
    </div>
  );
}

/** Without the columns of the table that a deployment's rows have: id and time. */
function againstActual(
  residuals: NonNullable<Details['residuals']>,
  trans: TranslationBundle
): Drawing {
  const drawing = predictedAgainstActual(sampled(residuals), trans);
  const { columns, rows } = drawing.table;
  return { ...drawing, table: { columns: columns.slice(2), rows: rows.map(row => row.slice(2)) } };
}

function sampled(residuals: NonNullable<Details['residuals']>): AccuracyDetails {
  const sample = residuals.predicted.map((predicted, at) => ({
    predicted,
    actual: residuals.actual[at],
    association_id: '–'
  }));
  return { sample } as unknown as AccuracyDetails;
}
