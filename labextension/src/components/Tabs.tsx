// Tabs in the manner of the ARIA practices: arrows, Home and End move; one panel is shown.
import type React from 'react';

import { useId, useRef } from '../react';

export interface TabItem {
  id: string;
  label: string;
}

export function Tabs(props: {
  label: string;
  items: readonly TabItem[];
  selected: string;
  select: (id: string) => void;
  /** The selected tab's panel. */
  children: React.ReactNode;
}): React.ReactElement {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const { items, selected, select } = props;
  const move = (event: React.KeyboardEvent) => {
    const at = items.findIndex(item => item.id === selected);
    const to = target(event.key, at, items.length);
    if (to === undefined) {
      return;
    }
    event.preventDefault();
    select(items[to].id);
    list.current?.querySelectorAll<HTMLElement>('[role=tab]')[to]?.focus();
  };
  return (
    <div className="jp-Registry-tabs">
      <div
        ref={list}
        role="tablist"
        aria-label={props.label}
        className="jp-Registry-tabList"
        onKeyDown={move}
      >
        {items.map(item => (
          <button
            key={item.id}
            type="button"
            role="tab"
            id={`${id}-${item.id}`}
            aria-selected={item.id === selected}
            aria-controls={`${id}-panel`}
            tabIndex={item.id === selected ? 0 : -1}
            onClick={() => select(item.id)}
          >
            {item.label}
          </button>
        ))}
      </div>
      <div
        role="tabpanel"
        id={`${id}-panel`}
        aria-labelledby={`${id}-${selected}`}
        className="jp-Registry-tabPanel"
        tabIndex={0}
      >
        {props.children}
      </div>
    </div>
  );
}

function target(key: string, at: number, length: number): number | undefined {
  switch (key) {
    case 'ArrowRight':
      return (at + 1) % length;
    case 'ArrowLeft':
      return (at - 1 + length) % length;
    case 'Home':
      return 0;
    case 'End':
      return length - 1;
    default:
      return undefined;
  }
}
