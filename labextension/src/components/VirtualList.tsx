// A list of any length of which only the rows in sight are drawn; keyboard as a listbox.
import type React from 'react';

import { useCallback, useEffect, useId, useLayoutEffect, useRef, useState } from '../react';

/** Rows drawn beyond each edge, so that scrolling shows no gap. */
const OVERSCAN = 6;

export interface VirtualListProps {
  label: string;
  count: number;
  /** Another value means another list, which begins at its top; the focus stays where it is. */
  generation?: number;
  /** Pixels; all rows are equally high. */
  rowHeight: number;
  /** One row's content, also of a row that is not loaded yet. No buttons or links in it. */
  row: (index: number) => React.ReactNode;
  /** What React knows a row by; its index unless given. */
  rowKey?: (index: number) => React.Key;
  /** Where the row of a key is now: so scrolling and the active row follow rows that moved. */
  find?: (key: React.Key) => number | undefined;
  /** What the mouse shows over a row. */
  rowTitle?: (index: number) => string | undefined;
  /** Called when other rows come into sight: the place to load them. */
  onRange?: (first: number, last: number) => void;
  onOpen: (index: number) => void;
  /** The context menu of a row is wanted, by mouse or keyboard, at a point of the window. */
  onMenu?: (index: number, x: number, y: number) => void;
  /** The mouse goes down on a row: where a drag may begin. */
  onRowMouseDown?: (index: number, event: React.MouseEvent) => void;
  onActive?: (index: number) => void;
  /** Keys that the list does not take itself, with the active row. */
  onKey?: (index: number, event: React.KeyboardEvent) => void;
}

export function VirtualList(props: VirtualListProps): React.ReactElement {
  const { label, count, generation, rowHeight, row, rowKey, find, rowTitle } = props;
  const { onRange, onOpen, onMenu } = props;
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(0);
  const [chosen, setChosen] = useState(0);
  const active = Math.min(chosen, count - 1);

  const [first, last] = rowsInSight(top, height, rowHeight, count);

  const shown = useRef(generation);
  // rows that were put in or taken out above must not move what is looked at
  const seen = useRef<{ at: number; key: React.Key; active: number; activeKey: React.Key }>();
  // on each drawing: whichever it was that moved the rows
  // eslint-disable-next-line react-hooks/exhaustive-deps
  useLayoutEffect(() => {
    const element = box.current!;
    if (shown.current !== generation) {
      shown.current = generation;
      seen.current = undefined;
      element.scrollTop = 0;
      setTop(0);
      setChosen(0);
      return;
    }
    if (!find || !rowKey || !count) {
      seen.current = undefined;
      return;
    }
    const before = seen.current;
    if (before) {
      const now = find(before.key);
      // at the top stays at the top
      if (now !== undefined && now !== before.at && element.scrollTop > 0) {
        element.scrollTop += (now - before.at) * rowHeight;
        setTop(element.scrollTop);
      }
      const activeNow = before.active === active ? find(before.activeKey) : undefined;
      if (activeNow !== undefined && activeNow !== active) {
        setChosen(activeNow);
      }
    }
    const at = Math.min(Math.ceil(element.scrollTop / rowHeight), count - 1);
    seen.current = { at, key: rowKey(at), active, activeKey: rowKey(active) };
  });

  useLayoutEffect(() => {
    const element = box.current!;
    const measure = () => setHeight(element.clientHeight);
    measure();
    if (typeof ResizeObserver === 'undefined') {
      return;
    }
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    if (last >= first) {
      onRange?.(first, last);
    }
  }, [first, last, onRange, generation]);

  const go = useCallback(
    (index: number) => {
      const to = Math.max(0, Math.min(index, count - 1));
      setChosen(to);
      props.onActive?.(to);
      const element = box.current!;
      if (to * rowHeight < element.scrollTop) {
        element.scrollTop = to * rowHeight;
      } else if ((to + 1) * rowHeight > element.scrollTop + element.clientHeight) {
        element.scrollTop = (to + 1) * rowHeight - element.clientHeight;
      }
      setTop(element.scrollTop);
    },
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [count, rowHeight, props.onActive]
  );

  const menu = (index: number, x: number, y: number) => onMenu?.(index, x, y);
  const menuByKey = () => {
    const element = document.getElementById(`${id}-${active}`) ?? box.current!;
    const { left, top, height } = element.getBoundingClientRect();
    menu(active, left + 16, top + height / 2);
  };

  const keyed = (event: React.KeyboardEvent) => {
    if (count === 0) {
      return;
    }
    if (event.key === 'Enter' && !event.altKey) {
      onOpen(active);
    } else if (onMenu && (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey))) {
      menuByKey();
    } else {
      const page = Math.max(1, Math.floor(height / rowHeight) - 1);
      const to = destination(event.key, active, page, count);
      if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) {
        props.onKey?.(active, event);
        return;
      }
      go(to);
    }
    event.preventDefault();
    event.stopPropagation();
  };

  const rows: React.ReactNode[] = [];
  for (let index = first; index <= last; index++) {
    rows.push(
      <div
        key={rowKey ? rowKey(index) : index}
        id={`${id}-${index}`}
        role="option"
        aria-selected={index === active}
        aria-setsize={count}
        aria-posinset={index + 1}
        className={`jp-Registry-listRow${index === active ? ' jp-mod-active' : ''}`}
        style={{ top: index * rowHeight, height: rowHeight }}
        title={rowTitle?.(index)}
        onMouseDown={event => {
          setChosen(index);
          props.onActive?.(index);
          props.onRowMouseDown?.(index, event);
        }}
        onClick={() => onOpen(index)}
        onContextMenu={event => {
          if (onMenu) {
            event.preventDefault();
            event.stopPropagation();
            setChosen(index);
            menu(index, event.clientX, event.clientY);
          }
        }}
      >
        {row(index)}
      </div>
    );
  }
  return (
    <div
      ref={box}
      className="jp-Registry-list"
      role="listbox"
      aria-label={label}
      aria-activedescendant={
        active >= first && active <= last && count ? `${id}-${active}` : undefined
      }
      tabIndex={0}
      onScroll={event => setTop(event.currentTarget.scrollTop)}
      onKeyDown={keyed}
    >
      <div role="presentation" style={{ height: count * rowHeight, position: 'relative' }}>
        {rows}
      </div>
    </div>
  );
}

/** The first and the last row to draw; the last is before the first when there is none. */
export function rowsInSight(
  top: number,
  height: number,
  rowHeight: number,
  count: number
): [number, number] {
  const first = Math.max(0, Math.floor(top / rowHeight) - OVERSCAN);
  const last = Math.min(count - 1, Math.ceil((top + height) / rowHeight) + OVERSCAN);
  return [Math.min(first, Math.max(0, count - 1)), last];
}

function destination(key: string, at: number, page: number, count: number): number | undefined {
  switch (key) {
    case 'ArrowDown':
      return at + 1;
    case 'ArrowUp':
      return at - 1;
    case 'PageDown':
      return at + page;
    case 'PageUp':
      return at - page;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}
