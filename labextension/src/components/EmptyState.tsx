// What stands where nothing is yet: a sentence, how to begin, and a button for it.
import type React from 'react';

export function EmptyState(props: {
  title: string;
  children?: React.ReactNode;
  action?: { label: string; run: () => void };
}): React.ReactElement {
  return (
    <div className="jp-Registry-empty">
      <p className="jp-Registry-emptyTitle">{props.title}</p>
      {props.children && <div>{props.children}</div>}
      {props.action && (
        <button
          type="button"
          className="jp-Registry-button jp-mod-primary"
          onClick={props.action.run}
        >
          {props.action.label}
        </button>
      )}
    </div>
  );
}
