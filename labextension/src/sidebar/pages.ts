// A list of any length read page by page: what is in sight is loaded, and read anew on changes.
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import { isAbort } from '../api/problems';

export interface Page<T> {
  items: readonly T[];
  /** How many there are on all pages, where that was asked for. */
  total?: number | null;
}

/** What is asked for: `limit` items after `offset` others, with their `total` or without. */
export interface PageOf {
  offset: number;
  limit: number;
  total: boolean;
}

/** Reads a page; rejects with the server's problem. */
export type ReadPage<T> = (page: PageOf, signal: AbortSignal) => Promise<Page<T>>;

/** Items of a page. */
export const PAGE = 100;
/** Pages kept; those farthest from what is in sight go first. */
const MOST_PAGES = 30;
/** So many items beyond what is in sight are loaded with it. */
const AHEAD = 40;
/** Milliseconds between two looks at what is in sight while it moves. */
const MOVING_MS = 50;
/** Milliseconds between two refreshes, however many changes there are. */
export const REFRESH_MS = 500;

/**
 * Items by their place in the list. A new question replaces the list when its first answer is
 * there; until then the old one stays. Answers that are not wanted any more are dropped, and
 * their requests cancelled.
 */
export class Pages<T extends { id: number }> implements IDisposable {
  /** Emitted after anything that can be seen was changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** How many items there are; `undefined` before the first answer. */
  get total(): number | undefined {
    return this._total;
  }

  /** What went wrong last; what was read before is kept. */
  get error(): unknown {
    return this._error;
  }

  /** Counts the questions that were answered. */
  get generation(): number {
    return this._generation;
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  /** An item that is loaded. */
  item(index: number): T | undefined {
    return this._pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  /** Where a loaded item is. */
  indexOf(id: number): number | undefined {
    for (const [number, items] of this._pages) {
      const at = items.findIndex(item => item.id === id);
      if (at >= 0) {
        return number * PAGE + at;
      }
    }
    return undefined;
  }

  /** Whether an item is among those in sight. */
  isInSight(id: number): boolean {
    const at = this.indexOf(id);
    return at !== undefined && at >= this._first && at <= this._last;
  }

  /** All that is loaded. */
  *loaded(): IterableIterator<T> {
    for (const items of this._pages.values()) {
      yield* items;
    }
  }

  /** Ask something else: from now on pages are read so. */
  ask(read: ReadPage<T>): void {
    this._read = read;
    this._asked = true;
    this._abort();
    void this._readVisible(0, PAGE);
  }

  /** Other items are in sight: have them loaded. */
  look(first: number, last: number): void {
    [this._first, this._last] = [first, last];
    if (this._moving === undefined) {
      this._load();
      this._moving = setTimeout(() => {
        this._moving = undefined;
        this._load();
      }, MOVING_MS);
    }
  }

  /** Whether the list can be seen; a refresh waits until it can. */
  see(seen: boolean): void {
    this._seen = seen;
    if (!seen && this._refreshing !== undefined) {
      clearTimeout(this._refreshing);
      this._refreshing = undefined;
      this._again = true;
    } else if (seen && this._again && !this._reading) {
      this._again = false;
      this.refresh();
    }
  }

  /** Read what is in sight anew, soon; what is shown stays until the answer is there. */
  refresh(): void {
    if (this._reading || !this._seen) {
      this._again = true;
    } else if (this._refreshing === undefined && this._read) {
      const wait = Math.max(0, this._refreshed + REFRESH_MS - Date.now());
      this._refreshing = setTimeout(() => {
        this._refreshing = undefined;
        if (this._asked) {
          void this._readVisible(0, PAGE);
          return;
        }
        const from = Math.floor(this._first / PAGE) * PAGE;
        const to = (Math.floor(Math.max(this._last, this._first) / PAGE) + 1) * PAGE;
        void this._readVisible(from, to - from);
      }, wait);
    }
  }

  dispose(): void {
    this._disposed = true;
    clearTimeout(this._moving);
    this._abort();
    this._read = undefined;
    Signal.clearData(this);
  }

  /** Replace all that is loaded by the pages from `offset` on. */
  private async _readVisible(offset: number, limit: number): Promise<void> {
    const controller = new AbortController();
    this._reading = controller;
    this._refreshed = Date.now();
    this._cancelLoads();
    try {
      const page = { offset, limit, total: true };
      const { items, total } = await this._read!(page, controller.signal);
      if (controller.signal.aborted) {
        return;
      }
      this._pages.clear();
      this._keep(offset, items);
      this._total = total ?? items.length;
      this._error = undefined;
      if (this._asked) {
        this._asked = false;
        this._generation++;
        [this._first, this._last] = [0, 0];
      }
    } catch (error) {
      if (controller.signal.aborted || isAbort(error)) {
        return;
      }
      this._error = error;
    }
    this._reading = undefined;
    this._changed.emit();
    this._load();
    if (this._again && this._seen) {
      this._again = false;
      this.refresh();
    }
  }

  /** Load the pages in sight that are missing, and no others. */
  private _load(): void {
    if (this._reading || this._disposed || !this._read || !this._total) {
      return;
    }
    const last = Math.min(this._last + AHEAD, this._total - 1);
    const [from, to] = [Math.max(0, this._first - AHEAD), last].map(at => Math.floor(at / PAGE));
    for (const [number, controller] of this._loading) {
      if (number < from || number > to) {
        controller.abort();
        this._loading.delete(number);
      }
    }
    for (let number = from; number <= to; number++) {
      if (!this._pages.has(number) && !this._loading.has(number)) {
        void this._loadPage(number);
      }
    }
  }

  private async _loadPage(number: number): Promise<void> {
    const controller = new AbortController();
    this._loading.set(number, controller);
    try {
      const page = { offset: number * PAGE, limit: PAGE, total: false };
      const { items } = await this._read!(page, controller.signal);
      if (controller.signal.aborted) {
        return;
      }
      this._keep(number * PAGE, items);
      this._error = undefined;
    } catch (error) {
      if (controller.signal.aborted || isAbort(error)) {
        return;
      }
      this._error = error;
    }
    this._loading.delete(number);
    this._changed.emit();
  }

  private _keep(offset: number, items: readonly T[]): void {
    const ids = new Set(items.map(item => item.id));
    for (const [number, others] of this._pages) {
      // the list was changed between the two answers: an item is in one place alone
      if (others.some(other => ids.has(other.id))) {
        this._pages.delete(number);
      }
    }
    for (let at = 0; at < items.length; at += PAGE) {
      this._pages.set((offset + at) / PAGE, items.slice(at, at + PAGE));
    }
    const middle = (this._first + this._last) / 2 / PAGE;
    while (this._pages.size > MOST_PAGES) {
      const numbers = [...this._pages.keys()];
      const away = (number: number) => Math.abs(number - middle);
      this._pages.delete(numbers.reduce((a, b) => (away(a) > away(b) ? a : b)));
    }
  }

  private _abort(): void {
    this._reading?.abort();
    this._reading = undefined;
    this._again = false;
    clearTimeout(this._refreshing);
    this._refreshing = undefined;
    this._cancelLoads();
  }

  private _cancelLoads(): void {
    this._loading.forEach(controller => controller.abort());
    this._loading.clear();
  }

  private _read?: ReadPage<T>;
  private readonly _pages = new Map<number, readonly T[]>();
  private readonly _loading = new Map<number, AbortController>();
  private readonly _changed = new Signal<this, void>(this);
  private _total?: number;
  private _error: unknown;
  private _generation = 0;
  private _first = 0;
  private _last = 0;
  private _reading?: AbortController;
  private _refreshing?: ReturnType<typeof setTimeout>;
  private _moving?: ReturnType<typeof setTimeout>;
  private _refreshed = -Infinity;
  /** Whether the present question has no answer yet. */
  private _asked = false;
  private _again = false;
  private _seen = true;
  private _disposed = false;
}
