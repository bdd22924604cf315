// The table of a leaderboard's models, best first; arrows move through it, Enter selects.
import type React from 'react';

import { LinkButton } from '../../components/buttons';
import { useRegistry, useTrans } from '../../components/context';
import { measure, size } from '../../format/numbers';
import { metricTitle } from '../../monitoring/metrics';
import { useRef } from '../../react';
import { duration } from '../words';
import { holdoutOf, type Ranked } from './shape';

export function ModelTable(props: {
  models: readonly Ranked[];
  metric: string;
  selected?: number;
  select: (number: number) => void;
  /** Shows the menu of a model at a point of the window. */
  menu: (model: Ranked['model'], x: number, y: number) => void;
}): React.ReactElement {
  const trans = useTrans();
  const body = useRef<HTMLTableSectionElement>(null);
  const { models, metric, selected, select, menu } = props;
  const unlocked = models.some(({ model }) => model.holdout);
  const title = metricTitle(metric, trans);
  const numbers = [
    title,
    ...(unlocked ? [trans.__('Holdout')] : []),
    trans.__('Training'),
    trans.__('Scoring, 1,000 rows'),
    trans.__('Size')
  ];
  const move = (event: React.KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const buttons = [...(body.current?.querySelectorAll<HTMLElement>('th button') ?? [])];
    const at = buttons.indexOf(event.target as HTMLElement);
    if (step && at >= 0) {
      event.preventDefault();
      buttons[at + step]?.focus();
    }
  };
  return (
    <div
      className="jp-Registry-tableBox jp-Registry-board"
      role="region"
      aria-label={trans.__('Models')}
      tabIndex={0}
    >
      <table className="jp-Registry-table">
        <thead>
          <tr>
            <th scope="col" className="jp-mod-number">
              {trans.__('Rank')}
            </th>
            <th scope="col">{trans.__('Model')}</th>
            {numbers.map(name => (
              <th key={name} scope="col" className="jp-mod-number">
                {name}
              </th>
            ))}
            <th scope="col">{trans.__('Package')}</th>
          </tr>
        </thead>
        <tbody ref={body} onKeyDown={move}>
          {models.map(one => (
            <Row
              key={one.model.number}
              shown={one}
              {...{ metric, unlocked }}
              selected={one.model.number === selected}
              select={() => select(one.model.number)}
              menu={(x, y) => {
                select(one.model.number);
                menu(one.model, x, y);
              }}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row(props: {
  shown: Ranked;
  metric: string;
  unlocked: boolean;
  selected: boolean;
  select: () => void;
  menu: (x: number, y: number) => void;
}): React.ReactElement {
  const trans = useTrans();
  const registry = useRegistry();
  const { shown, metric, unlocked, selected, select, menu } = props;
  const { model, rank } = shown;
  const failed = model.state === 'failed';
  const cells = [
    <Score key="score" shown={shown} metric={metric} />,
    ...(unlocked ? [measure(holdoutOf(model, metric))] : []),
    seconds(model.training_seconds),
    typeof model.scoring_ms === 'number' ? trans.__('%1 ms', measure3(model.scoring_ms)) : '–',
    size(model.size ?? 0)
  ];
  return (
    <tr
      className={selected ? 'jp-mod-selected' : undefined}
      onClick={select}
      onContextMenu={event => {
        event.preventDefault();
        event.stopPropagation(); // Lab's own menu is for what is around it
        const { left, bottom } = event.currentTarget.getBoundingClientRect();
        // by the keyboard there is no point
        const byKey = event.clientX === 0 && event.clientY === 0;
        menu(byKey ? left + 60 : event.clientX, byKey ? bottom : event.clientY);
      }}
    >
      <td className="jp-mod-number">{rank ?? '–'}</td>
      <th scope="row">
        <LinkButton aria-pressed={selected}>{model.label}</LinkButton>
      </th>
      {failed ? (
        <td colSpan={cells.length + 1} className="jp-Registry-boardReason">
          <strong>{trans.__('failed')}</strong> {(model.reason ?? '').split('\n')[0]}
        </td>
      ) : (
        <>
          {cells.map((cell, at) => (
            <td key={at} className="jp-mod-number">
              {cell}
            </td>
          ))}
          <td>
            {typeof model.package_id === 'number' && (
              <LinkButton
                onClick={event => {
                  event.stopPropagation();
                  void registry.openPackage(model.package_id!);
                }}
              >
                {model.package}
              </LinkButton>
            )}
          </td>
        </>
      )}
    </tr>
  );

  function seconds(value: number | null | undefined): string {
    if (typeof value !== 'number') {
      return '–';
    }
    return value < 10 ? trans.__('%1 s', measure3(value)) : duration(value, trans);
  }
}

function Score(props: { shown: Ranked; metric: string }): React.ReactElement {
  const { model, score } = props.shown;
  const spread = model.validation?.[props.metric]?.spread;
  return (
    <>
      {measure(score)}
      {typeof spread === 'number' && score !== undefined && (
        <span className="jp-Registry-muted"> ± {measure3(spread)}</span>
      )}
    </>
  );
}

function measure3(value: number): string {
  return new Intl.NumberFormat(undefined, { maximumSignificantDigits: 2 }).format(value);
}
