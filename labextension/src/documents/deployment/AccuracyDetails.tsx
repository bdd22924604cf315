// Accuracy in detail, by target type: curves, confusion at a threshold, residuals.
import type React from 'react';

import type { AccuracyDetails } from '../../api/types';
import { Chart } from '../../charts/Chart';
import { Button } from '../../components/buttons';
import { useTrans } from '../../components/context';
import { RowsTable } from '../../components/RowsTable';
import { measure } from '../../format/numbers';
import {
  confusionAt,
  type Counted,
  counted,
  matrixOf,
  rates,
  totals
} from '../../monitoring/curves';
import { metricTitle } from '../../monitoring/metrics';
import { useId, useMemo, useState } from '../../react';
import { gainCurve, rocCurve } from './drawings/binary';
import { confusionMatrix } from './drawings/confusion';
import {
  predictedAgainstActual,
  residualHistogram,
  residualsByPredicted
} from './drawings/regression';

interface Shown {
  details: AccuracyDetails;
  /** Begins the names of exported files. */
  subject: string;
}

interface Threshold {
  /** The chosen threshold; empty for the one in force. */
  threshold: string;
  setThreshold: (text: string) => void;
}

export function Details(props: Shown & Threshold): React.ReactElement | null {
  switch (props.details.target_type) {
    case 'binary':
      return <Binary {...props} />;
    case 'anomaly':
      return <Ranked {...props} />;
    case 'multiclass':
      return <Multiclass {...props} />;
    case 'regression':
      return <Regression {...props} />;
    default:
      return null;
  }
}

function Binary(props: Shown & Threshold): React.ReactElement {
  const { details, subject, threshold, setThreshold } = props;
  const trans = useTrans();
  const bins = useMemo(() => counted(details.score_bins ?? []), [details]);
  const { positives, negatives } = useMemo(() => totals(bins), [bins]);
  const inForce = details.threshold ?? 0.5;
  const cut = threshold === '' ? inForce : clamped(threshold, inForce);
  const labels = useMemo(() => details.class_labels ?? [], [details]);
  const matrix = useMemo(
    () =>
      bins.length
        ? matrixOf(confusionAt(bins, cut), labels[1] === details.positive_class)
        : (details.confusion_matrix ?? []),
    [bins, cut, labels, details]
  );
  const note = bins.length ? trans.__('at threshold %1', measure(cut)) : '';
  const confusion = useMemo(
    () => confusionMatrix(matrix, labels, note, trans),
    [matrix, labels, note, trans]
  );
  const curves = useMemo(
    () =>
      positives && negatives
        ? [rocCurve(details, bins, cut, trans), gainCurve(details, bins, trans)]
        : [],
    [details, bins, cut, positives, negatives, trans]
  );
  return (
    <>
      {bins.length > 0 && <ThresholdInput value={cut} inForce={inForce} set={setThreshold} />}
      <div className="jp-Registry-chartRow">
        <Chart drawing={confusion} subject={subject} />
        {bins.length > 0 && <RatesTable bins={bins} cut={cut} inForce={inForce} />}
      </div>
      <div className="jp-Registry-chartRow">
        {curves.map(drawing => (
          <Chart key={drawing.name} drawing={drawing} subject={subject} />
        ))}
      </div>
      {bins.length > 0 && !curves.length && (
        <p className="jp-Registry-muted">
          {trans.__('Curves need rows of both classes; only one happened so far.')}
        </p>
      )}
      {!bins.length && (
        <p className="jp-Registry-muted">
          {trans.__('Curves and a threshold need probabilities; only classes were recorded.')}
        </p>
      )}
    </>
  );
}

/** Scores without a threshold: how they rank what was an anomaly. */
function Ranked({ details, subject }: Shown): React.ReactElement {
  const trans = useTrans();
  const bins = useMemo(() => counted(details.score_bins ?? []), [details]);
  const { positives, negatives } = useMemo(() => totals(bins), [bins]);
  const curves = useMemo(
    () =>
      positives && negatives
        ? [rocCurve(details, bins, undefined, trans), gainCurve(details, bins, trans)]
        : [],
    [details, bins, positives, negatives, trans]
  );
  if (!curves.length) {
    return (
      <p className="jp-Registry-muted">
        {trans.__('Curves need anomalies and usual rows; only one of them happened so far.')}
      </p>
    );
  }
  return (
    <div className="jp-Registry-chartRow">
      {curves.map(drawing => (
        <Chart key={drawing.name} drawing={drawing} subject={subject} />
      ))}
    </div>
  );
}

function clamped(text: string, otherwise: number): number {
  const number = Number(text);
  return Number.isFinite(number) ? Math.min(1, Math.max(0, number)) : otherwise;
}

function ThresholdInput(props: {
  value: number;
  inForce: number;
  set: (text: string) => void;
}): React.ReactElement {
  const trans = useTrans();
  const id = useId();
  const { value, inForce, set } = props;
  // what is typed stays as it is until the field is left
  const [draft, setDraft] = useState<string>();
  const limits = { min: 0, max: 1, step: 0.005 };
  return (
    <div className="jp-Registry-threshold">
      <label htmlFor={id}>{trans.__('Threshold')}</label>
      <input
        id={id}
        type="number"
        {...limits}
        value={draft ?? value}
        onChange={event => {
          setDraft(event.target.value);
          if (event.target.value !== '') {
            set(event.target.value);
          }
        }}
        onBlur={() => setDraft(undefined)}
      />
      <input
        type="range"
        aria-label={trans.__('The least probability that predicts the positive class')}
        {...limits}
        value={value}
        onChange={event => set(event.target.value)}
      />
      <Button onClick={() => set('')}>{trans.__('In force: %1', measure(inForce))}</Button>
    </div>
  );
}

function RatesTable(props: { bins: Counted; cut: number; inForce: number }): React.ReactElement {
  const trans = useTrans();
  const { bins, cut, inForce } = props;
  const here = rates(confusionAt(bins, cut));
  const now = rates(confusionAt(bins, inForce));
  const names = Object.keys(here) as (keyof typeof here)[];
  return (
    <RowsTable
      label={trans.__('Metrics at the threshold')}
      columns={[
        trans.__('Metric'),
        trans.__('at %1', cut.toFixed(3)),
        trans.__('in force, %1', measure(inForce))
      ]}
      rows={names.map(name => [
        metricTitle(name, trans),
        here[name]?.toFixed(3) ?? '–',
        now[name]?.toFixed(3) ?? '–'
      ])}
      numbers={[1, 2]}
    />
  );
}

function Multiclass({ details, subject }: Shown): React.ReactElement {
  const trans = useTrans();
  const drawing = useMemo(
    () => confusionMatrix(details.confusion_matrix ?? [], details.class_labels ?? [], '', trans),
    [details, trans]
  );
  return <Chart drawing={drawing} subject={subject} />;
}

function Regression({ details, subject }: Shown): React.ReactElement | null {
  const trans = useTrans();
  const drawings = useMemo(
    () =>
      details.sample?.length
        ? [
            predictedAgainstActual(details, trans),
            residualHistogram(details, trans),
            residualsByPredicted(details, trans)
          ]
        : [],
    [details, trans]
  );
  return (
    <div className="jp-Registry-chartRow">
      {drawings.map(drawing => (
        <Chart key={drawing.name} drawing={drawing} subject={subject} />
      ))}
    </div>
  );
}
