// A list that others add to: ordered by rank, with a signal for what comes and goes.
import { DisposableDelegate, type IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

/** What has its place in a list. */
export interface Ranked {
  /** One of a kind in its list. */
  id: string;
  /** Lower comes first; ours are 0, 10, 20 … */
  rank?: number;
}

export class Contributions<T extends Ranked> {
  /** Emitted after something was added or taken away. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** All, in order. The array changes by being replaced. */
  get items(): readonly T[] {
    return this._items;
  }

  get(id: string): T | undefined {
    return this._items.find(item => item.id === id);
  }

  /** Add one; disposing what comes back takes it away. Throws when its id is taken. */
  add(item: T): IDisposable {
    if (this.get(item.id)) {
      throw new Error(`'${item.id}' was added already.`);
    }
    // sorting is stable: of equal rank the first added comes first
    this._items = [...this._items, item].sort((a, b) => (a.rank ?? 100) - (b.rank ?? 100));
    this._changed.emit();
    return new DisposableDelegate(() => {
      this._items = this._items.filter(one => one !== item);
      this._changed.emit();
    });
  }

  private _items: readonly T[] = [];
  private readonly _changed = new Signal<this, void>(this);
}
