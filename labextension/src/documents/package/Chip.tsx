// One of a list of short texts, with buttons that change it and take it away.
import { closeIcon } from '@jupyterlab/ui-components';
import type React from 'react';

export function Chip(props: {
  text: string;
  edit?: () => void;
  editLabel?: string;
  remove: () => void;
  removeLabel: string;
}): React.ReactElement {
  const { text, edit, editLabel, remove, removeLabel } = props;
  return (
    <li className="jp-Registry-chip">
      {edit ? (
        <button type="button" title={editLabel} aria-label={`${text}. ${editLabel}`} onClick={edit}>
          {text}
        </button>
      ) : (
        <span>{text}</span>
      )}
      <button type="button" title={removeLabel} aria-label={removeLabel} onClick={remove}>
        <closeIcon.react tag="span" width="14px" />
      </button>
    </li>
  );
}
