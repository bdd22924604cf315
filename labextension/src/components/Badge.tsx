// A word in a frame: a kind, a state, an alias.
import type React from 'react';

export type BadgeTone = 'plain' | 'brand' | 'success' | 'warn' | 'error';

export function Badge(props: {
  children: React.ReactNode;
  tone?: BadgeTone;
  title?: string;
}): React.ReactElement {
  return (
    <span className={`jp-Registry-badge jp-mod-${props.tone ?? 'plain'}`} title={props.title}>
      {props.children}
    </span>
  );
}
