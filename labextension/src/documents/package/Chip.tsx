// A list of short texts, with buttons that add one, change it and take it away.
import { closeIcon } from '@jupyterlab/ui-components';
import type React from 'react';

import { ProblemView } from '../../components/ProblemView';

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

/** Chips under a title; what adds one comes below them. */
export function Chips(props: {
  title: string;
  chips: React.ReactNode;
  add: () => void;
  addLabel: string;
  adder: React.Ref<HTMLButtonElement>;
  error: unknown;
  dismiss: () => void;
  children: React.ReactNode;
}): React.ReactElement {
  const { title, error } = props;
  return (
    <div className="jp-Registry-inPlace">
      <h2 className="jp-Registry-partTitle">{title}</h2>
      <ul className="jp-Registry-chips" aria-label={title}>
        {props.chips}
        <li>
          <button
            ref={props.adder}
            type="button"
            className="jp-Registry-button"
            onClick={props.add}
          >
            {props.addLabel}
          </button>
        </li>
      </ul>
      {props.children}
      {error !== undefined && <ProblemView error={error} dismiss={props.dismiss} />}
    </div>
  );
}
