// Files on their way into an upload: one after the other, with progress; cancelled or sent again.
import { type ISignal, Signal } from '@lumino/signaling';

import type { RegistryClient } from '../../api/client';
import { ConnectionLostError, isAbort, ProblemError } from '../../api/problems';
import type { FilePublic } from '../../api/types';

/** What a file is for. */
export type Role = 'model' | 'training' | 'holdout';

/** Where it comes from: the reader's computer, or Jupyter's contents (a file or a folder). */
export type Source = { file: File } | { contents: string } | { sent: true };

export type ItemState = 'waiting' | 'sending' | 'sent' | 'failed';

/** Something to send, and how it stands. Items are replaced, not changed. */
export interface Item {
  /** One of a kind in its form. */
  readonly id: string;
  readonly role: Role;
  /** What the reader knows it by. */
  readonly name: string;
  /** Where it is, or will be, in the upload; of a folder of the contents, all of its files. */
  readonly paths: readonly string[];
  /** Bytes; of contents, known when they are sent. */
  readonly size?: number;
  readonly source: Source;
  readonly state: ItemState;
  /** Bytes sent. */
  readonly done: number;
  readonly error?: unknown;
  /** Path → why it was not taken. */
  readonly leftOut?: Readonly<Record<string, string>>;
}

/** What is remembered of an item, the file itself not being storable. */
export type SentItem = Pick<Item, 'role' | 'name' | 'size'> & {
  paths: string[];
  contents?: string;
};

/** Names of archives; the server looks whether they are. */
const ARCHIVE = /\.(zip|tar|tgz|tbz2?|txz|tzst|tar\.(gz|bz2|xz|zst))$/i;

/** Milliseconds between looks at how far the server is with files of the contents. */
const WATCH_MS = 500;

/** Milliseconds between attempts to go on after a broken connection, before it is told. */
const PAUSES_MS = [200, 1000, 3000, 6000];

/** The folder of an upload in which data lies, out of the way of the model's files. */
const FOLDERS: Record<Role, string> = {
  model: '',
  training: '_training/',
  holdout: '_holdout/'
};

export class Sending {
  constructor(private readonly _api: RegistryClient) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get items(): readonly Item[] {
    return this._items;
  }

  /** The upload that has the files; none before the first is sent. */
  get upload(): string | undefined {
    return this._upload;
  }

  get running(): boolean {
    return this._running !== undefined;
  }

  /** Whether the upload with what was sent was lost or given up. */
  get stopped(): boolean {
    return this._stopped;
  }

  /** Why nothing is sent. */
  get error(): unknown {
    return this._error;
  }

  /** Whether all is there. */
  get complete(): boolean {
    return !this.running && this._items.every(item => item.state === 'sent');
  }

  /** The paths in the upload of what is for a purpose. */
  paths(role: Role): string[] {
    return this._items.flatMap(item => (item.role === role ? item.paths : []));
  }

  /** Files of the reader's computer; `path` is where each is in what was chosen. */
  addFiles(role: Role, files: readonly { file: File; path: string }[]): void {
    this._add(
      role,
      files.map(({ file, path }) => ({
        name: path,
        path: FOLDERS[role] + path,
        size: file.size,
        source: { file }
      }))
    );
  }

  /** Files or folders of Jupyter's contents, by their paths there. */
  addContents(role: Role, paths: readonly string[]): void {
    this._add(
      role,
      paths.map(path => ({
        name: path,
        path: FOLDERS[role] + (path.split('/').pop() ?? path),
        source: { contents: path }
      }))
    );
  }

  /** Names of files that were to be sent and are not at hand any more: to be chosen again. */
  get lost(): readonly string[] {
    return this._lost;
  }

  /** Go on with an upload of before: what has arrived is there, what has not is lost. */
  async resume(upload: string | undefined, items: readonly SentItem[]): Promise<void> {
    let arrived: Map<string, number> | undefined;
    if (upload !== undefined) {
      try {
        const files = (await this._api.upload(upload)).files ?? [];
        arrived = new Map(files.map(file => [file.path, file.size]));
        this._upload = upload;
      } catch (error) {
        if (!(error instanceof ProblemError && error.status === 404)) {
          throw error;
        }
      }
    }
    for (const { role, name, paths, size, contents } of items) {
      const there = paths.length > 0 && paths.every(path => arrived?.has(path));
      const source: Source | undefined =
        contents !== undefined ? { contents } : there ? { sent: true } : undefined;
      if (source) {
        const state = there ? 'sent' : 'waiting';
        this._items = [
          ...this._items,
          { id: this._id(), role, name, paths, size, source, state, done: 0 }
        ];
      } else {
        this._lost = [...this._lost, name];
      }
    }
    this._changed.emit();
  }

  /** What is remembered of the items. */
  get remembered(): SentItem[] {
    return this._items.map(({ role, name, paths, size, source }) => ({
      role,
      name,
      paths: [...paths],
      ...(size === undefined ? {} : { size }),
      ...('contents' in source ? { contents: source.contents } : {})
    }));
  }

  /** Take one out, from the upload too. What is being sent is cancelled with all the others. */
  async remove(id: string): Promise<void> {
    const item = this._items.find(one => one.id === id);
    if (!item) {
      return;
    }
    if (item.state === 'sending') {
      await this.cancel();
    }
    this._items = this._items.filter(one => one.id !== id);
    this._changed.emit();
    const { upload } = this;
    if (upload !== undefined && item.state === 'sent') {
      await Promise.all(
        item.paths.map(path => this._api.deleteUploadFile(upload, path).catch(ignoreMissing))
      );
    }
  }

  /** Send what waits; resolves when nothing waits any more, or sending was stopped. */
  send(): Promise<void> {
    if (!this._running) {
      this._stopped = false;
      this._error = undefined;
      this._stop = new AbortController();
      this._running = this._run(this._stop.signal).finally(() => {
        this._running = undefined;
        this._changed.emit();
      });
      this._changed.emit();
    }
    return this._running;
  }

  /** Stop sending, and give up what was sent: all waits again. */
  async cancel(): Promise<void> {
    this._stop?.abort();
    await this._running;
    await this.forget();
  }

  /** Give the upload up, with what is in it. */
  async forget(): Promise<void> {
    const upload = this._upload;
    this._startAgain();
    this._stopped = this._items.length > 0;
    this._changed.emit();
    if (upload !== undefined) {
      await this._api.deleteUpload(upload).catch(() => undefined); // it is swept when idle
    }
  }

  /** The upload has become part of a package. */
  taken(): void {
    this._upload = undefined;
  }

  dispose(): void {
    this._stop?.abort();
    Signal.clearData(this);
  }

  private _add(
    role: Role,
    added: readonly { name: string; path: string; size?: number; source: Source }[]
  ): void {
    if (!added.length) {
      return;
    }
    // of the same place the last one counts; of data there is one file alone
    const taken = new Set(added.map(({ path }) => path));
    const replaced = this._items.filter(item =>
      role === 'model'
        ? item.role === role && item.paths.some(path => taken.has(path))
        : item.role === role
    );
    const kept = role === 'model' ? added : added.slice(-1);
    for (const item of replaced) {
      const sending = item.state === 'sending';
      this.remove(item.id).then(() => sending && void this.send(), console.warn);
    }
    this._lost = [];
    this._items = [
      ...this._items.filter(item => !replaced.includes(item)),
      ...kept.map(({ name, path, size, source }) => ({
        id: this._id(),
        role,
        name,
        paths: [path],
        size,
        source,
        state: 'waiting' as const,
        done: 0
      }))
    ];
    this._changed.emit();
  }

  private async _run(signal: AbortSignal): Promise<void> {
    await Promise.resolve(); // `_running` is set first
    let again = true;
    for (;;) {
      const item = this._items.find(one => one.state === 'waiting');
      if (!item || signal.aborted) {
        return;
      }
      try {
        this._upload ??= (await this._api.beginUpload()).id;
        this._put(item.id, { state: 'sending', done: 0, error: undefined });
        await this._sendOne(this._upload, item, signal);
      } catch (error) {
        if (isAbort(error) || signal.aborted) {
          return;
        }
        if (isGone(error) && again) {
          again = false; // it was idle for too long
          this._startAgain();
        } else if (error instanceof ConnectionLostError) {
          this._error = error;
          this._put(item.id, { state: 'waiting' }); // what has arrived waits at the server
          this._stopped = true;
          return;
        } else {
          this._put(item.id, { state: 'failed', error });
        }
      }
    }
  }

  /** See how far the server is with what it takes of the contents, while it does. */
  private _watch(upload: string, id: string): ReturnType<typeof setInterval> {
    return setInterval(() => {
      this._api.upload(upload).then(({ taking }) => {
        const item = this._items.find(one => one.id === id);
        if (taking && item?.state === 'sending') {
          this._put(id, { done: taking.done, size: taking.size });
        }
      }, console.debug); // what goes wrong with the taking is told by its own answer
    }, WATCH_MS);
  }

  private async _sendOne(upload: string, item: Item, signal: AbortSignal): Promise<void> {
    const { source, paths, role } = item;
    if ('file' in source) {
      const file = await this._sendFile(upload, item.id, paths[0], source.file, signal);
      await this._settle(upload, item, [file], {}, signal);
    } else if ('contents' in source) {
      const path = source.contents.replace(/^[^/:]+:/, ''); // without the drive
      const body = role === 'model' ? { path } : { path, as: paths[0] };
      const watched = this._watch(upload, item.id);
      const taken = this._api.takeContents(upload, body, signal);
      const { files = [], left_out } = await taken.finally(() => clearInterval(watched));
      await this._settle(upload, item, files, left_out ?? {}, signal);
    }
  }

  /** Send a file; when the connection breaks, go on from what has arrived. */
  private async _sendFile(
    upload: string,
    id: string,
    path: string,
    file: File,
    signal: AbortSignal
  ): Promise<FilePublic> {
    let offset = 0;
    let failures = this._broken === path ? 1 : 0; // it may have been cut before
    for (;;) {
      try {
        if (failures) {
          offset = (await this._api.upload(upload)).arriving?.[path] ?? 0;
          this._put(id, { done: offset });
        }
        const onProgress = (done: number) => this._put(id, { done });
        const sent = await this._api.uploadFile(upload, path, file, { offset, signal, onProgress });
        this._broken = undefined;
        return sent;
      } catch (error) {
        // the server says how much has arrived when it is not what was thought
        const differs = error instanceof ProblemError && typeof error.fields.offset === 'number';
        if (!(error instanceof ConnectionLostError || differs) || ++failures > PAUSES_MS.length) {
          this._broken = path;
          throw error;
        }
        await pause(PAUSES_MS[failures - 1], signal);
      }
    }
  }

  /** All of an item is there; an archive is a folder from now on. */
  private async _settle(
    upload: string,
    item: Item,
    files: readonly FilePublic[],
    leftOut: Readonly<Record<string, string>>,
    signal: AbortSignal
  ): Promise<void> {
    if (item.role === 'model' && files.length === 1 && ARCHIVE.test(files[0].path)) {
      const archive = files[0].path;
      const taken = await this._api.takeApart(upload, archive, signal).catch(async error => {
        // the archive itself is no model
        await this._api.deleteUploadFile(upload, archive).catch(ignoreMissing);
        throw error;
      });
      files = taken.files ?? [];
      leftOut = { ...leftOut, ...taken.left_out };
    }
    const size = files.reduce((sum, file) => sum + file.size, 0);
    this._put(item.id, {
      state: 'sent',
      size,
      done: size,
      paths: files.map(file => file.path),
      leftOut
    });
  }

  /** Another upload is needed: what was sent waits once more, if it is still at hand. */
  private _startAgain(): void {
    this._upload = undefined;
    const gone = this._items.filter(item => 'sent' in item.source);
    this._lost = [...this._lost, ...gone.map(({ name }) => name)];
    this._items = this._items
      .filter(item => !gone.includes(item))
      .map(item => (item.state === 'failed' ? item : { ...item, state: 'waiting', done: 0 }));
    this._changed.emit();
  }

  private _put(id: string, change: Partial<Item>): void {
    this._items = this._items.map(item => (item.id === id ? { ...item, ...change } : item));
    this._changed.emit();
  }

  private _id(): string {
    return String(++this._made);
  }

  private _items: readonly Item[] = [];
  private _upload?: string;
  private _running?: Promise<void>;
  private _stop?: AbortController;
  private _stopped = false;
  private _error?: unknown;
  private _lost: readonly string[] = [];
  private _made = 0;
  /** The file whose connection broke last. */
  private _broken?: string;
  private readonly _changed = new Signal<this, void>(this);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = () => {
      clearTimeout(timer);
      reject(new DOMException('Cancelled', 'AbortError'));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', cancel);
      resolve();
    }, ms);
    signal.addEventListener('abort', cancel, { once: true });
  });
}

function isGone(error: unknown): boolean {
  return error instanceof ProblemError && error.type === 'UploadNotFound';
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof ProblemError && error.status === 404)) {
    throw error;
  }
}
