// A model's pipeline as a diagram: what each kind of column goes through, and what takes it all.
import type React from 'react';

import type { BoardModelPublic } from '../../api/types';
import { useTrans } from '../../components/context';

type Step = NonNullable<BoardModelPublic['blueprint']>[number];

/** Columns that are named in a box; of the others their number. */
const MOST_COLUMNS = 4;

export function Blueprint(props: { steps: readonly Step[]; target: string }): React.ReactElement {
  const trans = useTrans();
  const { steps, target } = props;
  const before = steps.slice(0, -1);
  const last = steps[steps.length - 1];
  return (
    <ol className="jp-Registry-blueprint" aria-label={trans.__('Blueprint')}>
      <li>
        <Box title={trans.__('Data')} text="" />
      </li>
      {before.length > 0 && (
        <li>
          <ul>
            {before.map((step, at) => (
              <li key={at}>
                <Box title={step.step} text={step.text ?? ''} columns={step.columns} />
              </li>
            ))}
          </ul>
        </li>
      )}
      <li>
        <Box title={last.step} text={last.text ?? ''} columns={last.columns} strong />
      </li>
      <li>
        <Box title={target} text={trans.__('predicted')} />
      </li>
    </ol>
  );
}

function Box(props: {
  title: string;
  text: string;
  columns?: readonly string[];
  strong?: boolean;
}): React.ReactElement {
  const trans = useTrans();
  const { title, text, columns = [], strong } = props;
  const more = columns.length - MOST_COLUMNS;
  return (
    <div
      className={`jp-Registry-blueprintBox${strong ? ' jp-mod-strong' : ''}`}
      title={columns.join(', ') || undefined}
    >
      <strong>{title}</strong>
      {columns.length > 0 && (
        <span className="jp-Registry-muted">
          {columns.slice(0, MOST_COLUMNS).join(', ')}
          {more > 0 && ` ${trans._n('and %1 more', 'and %1 more', more)}`}
        </span>
      )}
      {text && <span>{text}</span>}
    </div>
  );
}
