// State that outlives the view that has it: as long as the panel, or as long as Lab remembers it.
import type { ReadonlyPartialJSONObject, ReadonlyPartialJSONValue } from '@lumino/coreutils';
import type React from 'react';

import {
  createContext,
  useCallback,
  useContext,
  useMemo,
  useRef,
  useSyncExternalStore
} from '../react';
import { useSurroundings } from './context';

/** Values by name, with those who look at them. */
class Keep {
  constructor(
    /** What was remembered of the last time. */
    readonly remembered: ReadonlyPartialJSONObject,
    private readonly _remember: (kept: ReadonlyPartialJSONObject) => void
  ) {
    this._saved = { ...remembered };
  }

  get(name: string): unknown {
    return this._values.get(name);
  }

  has(name: string): boolean {
    return this._values.has(name);
  }

  /** Keep a value; `saved` has Lab remember it, too, over a reload of the page. */
  set(name: string, value: unknown, saved: boolean): void {
    this._values.set(name, value);
    if (saved) {
      this._saved = { ...this._saved, [name]: value as ReadonlyPartialJSONValue };
      this._remember(this._saved);
    }
    this._watchers.forEach(watcher => watcher());
  }

  readonly watch = (watcher: () => void): (() => void) => {
    this._watchers.add(watcher);
    return () => this._watchers.delete(watcher);
  };

  private _saved: ReadonlyPartialJSONObject;
  private readonly _values = new Map<string, unknown>();
  private readonly _watchers = new Set<() => void>();
}

const Context = createContext<Keep | null>(null);

/** Keeps what the views below it want kept, until it is gone itself. */
export function KeepProvider(props: {
  /** What a panel remembered as `kept`. */
  kept?: ReadonlyPartialJSONObject;
  children: React.ReactNode;
}): React.ReactElement {
  const { remember } = useSurroundings();
  const latest = useRef(remember);
  latest.current = remember;
  const keep = useRef<Keep>();
  keep.current ??= new Keep(props.kept ?? {}, kept => latest.current?.({ kept }));
  return <Context.Provider value={keep.current}>{props.children}</Context.Provider>;
}

/**
 * As `useState`, but of the `KeepProvider` above: it is the same when the view is shown again,
 * and may be set when it is not shown. With `saved` (of JSON values) it is the same after a
 * reload of the page.
 */
export function useKept<T>(
  name: string,
  initial: T,
  saved = false
): [T, (next: T | ((before: T) => T)) => void] {
  const above = useContext(Context);
  const own = useMemo(() => new Keep({}, () => undefined), []);
  const first = useRef(initial);
  const keep = above ?? own;

  const read = useCallback((): T => {
    if (keep.has(name)) {
      return keep.get(name) as T;
    }
    const remembered = saved ? keep.remembered[name] : undefined;
    return remembered === undefined ? first.current : (remembered as T);
  }, [keep, name, saved]);

  const write = useCallback(
    (next: T | ((before: T) => T)) => {
      const value = typeof next === 'function' ? (next as (before: T) => T)(read()) : next;
      keep.set(name, value, saved);
    },
    [keep, name, saved, read]
  );
  return [useSyncExternalStore(keep.watch, read), write];
}
