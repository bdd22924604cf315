// What the sidebar remembers: folds, filters, order; across folding and, with a store, reloads.
import type { ReadonlyPartialJSONObject, ReadonlyPartialJSONValue } from '@lumino/coreutils';
import { Signal } from '@lumino/signaling';
import type React from 'react';

import { createContext, useCallback, useContext, useEffect, useReducer } from '../react';

/** Where it is kept; Lab's state database is one. */
export interface MemoryStore {
  fetch(id: string): Promise<unknown>;
  save(id: string, value: ReadonlyPartialJSONValue): Promise<unknown>;
}

const ID = 'jupyter-registry:sidebar';

export class SidebarMemory {
  constructor(private readonly _store: MemoryStore | null = null) {}

  readonly changed = new Signal<this, void>(this);

  get(key: string): ReadonlyPartialJSONValue | undefined {
    return this._values[key];
  }

  set(key: string, value: ReadonlyPartialJSONValue): void {
    this._values = { ...this._values, [key]: value };
    this.changed.emit();
    // it is a convenience: what cannot be kept is forgotten
    this._store?.save(ID, this._values).catch(() => undefined);
  }

  /** Remember what was kept; what was set meanwhile stays. */
  async load(): Promise<void> {
    const kept = await this._store?.fetch(ID).catch(() => undefined);
    if (kept && typeof kept === 'object') {
      this._values = { ...(kept as ReadonlyPartialJSONObject), ...this._values };
      this.changed.emit();
    }
  }

  private _values: ReadonlyPartialJSONObject = {};
}

const Context = createContext(new SidebarMemory());

export function MemoryProvider(props: {
  memory: SidebarMemory;
  children: React.ReactNode;
}): React.ReactElement {
  return <Context.Provider value={props.memory}>{props.children}</Context.Provider>;
}

/** Like `useState`, for what is to be remembered under a key. */
export function useRemembered<V extends ReadonlyPartialJSONValue>(
  key: string,
  initial: V
): [V, (value: V) => void] {
  const memory = useContext(Context);
  const [, draw] = useReducer((turn: number) => turn + 1, 0);
  useEffect(() => {
    memory.changed.connect(draw);
    return () => {
      memory.changed.disconnect(draw);
    };
  }, [memory]);
  const set = useCallback((value: V) => memory.set(key, value), [memory, key]);
  return [(memory.get(key) as V | undefined) ?? initial, set];
}
