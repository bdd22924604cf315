// A labelled input with its help and its error, tied together for screen readers.
import type React from 'react';

import { useId } from '../react';

/** What the input inside has to carry. */
export interface FieldInput {
  id: string;
  'aria-describedby'?: string;
  'aria-invalid'?: true;
  'aria-required'?: true;
}

export function Field(props: {
  label: string;
  help?: string;
  error?: string;
  required?: boolean;
  children: (input: FieldInput) => React.ReactNode;
}): React.ReactElement {
  const id = useId();
  const { label, help, error, required } = props;
  const described = [help && `${id}-help`, error && `${id}-error`].filter(Boolean).join(' ');
  const input: FieldInput = {
    id,
    ...(described ? { 'aria-describedby': described } : {}),
    ...(error ? { 'aria-invalid': true } : {}),
    ...(required ? { 'aria-required': true } : {})
  };
  return (
    <div className={`jp-Registry-field${error ? ' jp-mod-invalid' : ''}`}>
      <label htmlFor={id}>
        {label}
        {required && <span aria-hidden="true"> *</span>}
      </label>
      {props.children(input)}
      {help && (
        <p id={`${id}-help`} className="jp-Registry-fieldHelp">
          {help}
        </p>
      )}
      <FieldError id={`${id}-error`}>{error}</FieldError>
    </div>
  );
}

/** What is wrong with a field, or a form; nothing where nothing is. */
export function FieldError(props: {
  id?: string;
  children?: React.ReactNode;
}): React.ReactElement | null {
  return props.children ? (
    <p id={props.id} className="jp-Registry-fieldError" role="alert">
      {props.children}
    </p>
  ) : null;
}
