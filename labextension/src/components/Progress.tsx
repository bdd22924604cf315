// Work that takes time: a turning mark, or a bar with its share and a way to cancel.
import type React from 'react';

import { percent } from '../format/numbers';
import { Button } from './buttons';
import { useTrans } from './context';

export function Spinner(props: { label?: string }): React.ReactElement {
  const trans = useTrans();
  return (
    <div className="jp-Registry-spinner" role="status">
      <span className="jp-Registry-spinnerMark" aria-hidden="true" />
      <span>{props.label ?? trans.__('Loading…')}</span>
    </div>
  );
}

export function Progress(props: {
  label: string;
  done: number;
  total: number;
  cancel?: () => void;
}): React.ReactElement {
  const trans = useTrans();
  const { label, done, total, cancel } = props;
  const share = total ? done / total : 0;
  return (
    <div className="jp-Registry-progress">
      <span>{label}</span>
      <progress aria-label={label} value={done} max={total || 1} />
      <span>{percent(share)}</span>
      {cancel && <Button onClick={cancel}>{trans.__('Cancel')}</Button>}
    </div>
  );
}
