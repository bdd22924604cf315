// A file that was added to the form: its name, how much of it was sent, and a way to remove it.
import { closeIcon } from '@jupyterlab/ui-components';
import type React from 'react';

import { useTrans } from '../../components/context';
import { ProblemView } from '../../components/ProblemView';
import { percent, size } from '../../format/numbers';
import type { Item, Sending } from './sending';

export function ItemRow(props: {
  item: Item;
  sending: Sending;
  /** It is about to go, and then gone. */
  removing: () => void;
  removed: () => void;
}): React.ReactElement {
  const { item, sending, removing, removed } = props;
  const trans = useTrans();
  const { name, state, done, error, leftOut = {} } = item;
  const left = Object.entries(leftOut);
  return (
    <li className="jp-Registry-item">
      <span className="jp-Registry-itemName">{name}</span>
      <span className="jp-Registry-muted">{item.size === undefined ? '' : size(item.size)}</span>
      <State item={item} />
      <button
        type="button"
        className="jp-Registry-iconButton"
        aria-label={trans.__('Remove %1', name)}
        title={trans.__('Remove')}
        onClick={() => {
          removing();
          sending.remove(item.id).then(removed, console.warn);
        }}
      >
        <closeIcon.react tag="span" width="14px" />
      </button>
      {state === 'sending' && item.size !== undefined && item.size > 0 && (
        <progress aria-label={trans.__('%1 is sent', name)} value={done} max={item.size} />
      )}
      {error !== undefined && <ProblemView error={error} />}
      {left.length > 0 && (
        <details>
          <summary>
            {trans._n('%1 file was left out', '%1 files were left out', left.length)}
          </summary>
          <ul>
            {left.map(([path, why]) => (
              <li key={path}>
                {path}: {why}
              </li>
            ))}
          </ul>
        </details>
      )}
    </li>
  );
}

function State({ item }: { item: Item }): React.ReactElement {
  const trans = useTrans();
  const said = {
    waiting: trans.__('waits'),
    sending:
      'contents' in item.source && !item.size
        ? trans.__('is taken…')
        : percent(item.size ? item.done / item.size : 0),
    sent: trans.__('there'),
    failed: trans.__('not sent')
  };
  return <span className="jp-Registry-itemState">{said[item.state]}</span>;
}
