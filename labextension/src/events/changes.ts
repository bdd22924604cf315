// One stream of all changes to the registry, by whomever they are made, from Jupyter's events.
import { type Event, EventManager, type ServerConnection } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import { observed } from './socket';

export const CHANGE_SCHEMA = 'https://events.jupyter.org/jupyter_registry/change/v1';

export type Entity =
  | 'model'
  | 'package'
  | 'deployment'
  | 'key'
  | 'leaderboard'
  | 'environment'
  | 'rows';
export type Action = 'created' | 'updated' | 'deleted' | 'recorded';

/** Something was changed; the id and the name are of `rows` the deployment's, of an `environment`
 * its package's. */
export interface Change {
  action: Action;
  entity: Entity;
  id: number;
  /** The name of the model or leaderboard, or the deployment's label. */
  name: string;
  version?: number;
  user?: string;
}

export type ConnectionState = 'connecting' | 'connected' | 'lost';

const ACTIONS: readonly string[] = ['created', 'updated', 'deleted', 'recorded'];
const ENTITIES: readonly string[] = [
  'model',
  'package',
  'deployment',
  'key',
  'leaderboard',
  'environment',
  'rows'
];

/** What happens in the registry, and whether it is heard. Nothing is polled. */
export class Changes implements IDisposable {
  constructor(private readonly _settings: ServerConnection.ISettings) {}

  /** Each change, in the order in which they were made. */
  get changed(): ISignal<this, Change> {
    return this._changed;
  }

  /** All that is shown may be out of date: changes were missed, or the user asks for it. */
  get refreshed(): ISignal<this, void> {
    return this._refreshed;
  }

  /** Whether the server is heard. */
  get state(): ConnectionState {
    return this._state;
  }

  get stateChanged(): ISignal<this, ConnectionState> {
    return this._stateChanged;
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  /** Begin to listen; again after a loss, without waiting for the next attempt. */
  connect(): void {
    if (this._disposed) {
      return;
    }
    this._manager?.dispose();
    const WebSocket = observed(this._settings.WebSocket, {
      opened: () => this._opened(),
      closed: () => this._setState('lost')
    });
    const manager = new EventManager({ serverSettings: { ...this._settings, WebSocket } });
    manager.stream.connect((_, emission) => this._heard(emission));
    this._manager = manager;
    window.addEventListener('online', this._online);
  }

  /** A request found the server gone before the socket did: say so, and try until it is there. */
  lose(): void {
    if (this._state === 'connected') {
      this._setState('lost');
      this.connect();
    }
  }

  /** Have all that is shown read anew. */
  refresh(): void {
    this._refreshed.emit();
  }

  dispose(): void {
    if (this._disposed) {
      return;
    }
    this._disposed = true;
    window.removeEventListener('online', this._online);
    this._manager?.dispose();
    Signal.clearData(this);
  }

  private _heard(emission: Event.Emission): void {
    const change = changeOf(emission);
    if (change) {
      this._changed.emit(change);
    }
  }

  private _opened(): void {
    const missed = this._state === 'lost';
    this._setState('connected');
    if (missed) {
      this.refresh();
    }
  }

  private _setState(state: ConnectionState): void {
    if (this._state !== state && !this._disposed) {
      this._state = state;
      this._stateChanged.emit(state);
    }
  }

  private readonly _online = () => {
    if (this._state === 'lost') {
      this.connect();
    }
  };

  private _manager: EventManager | null = null;
  private _state: ConnectionState = 'connecting';
  private _disposed = false;
  private readonly _changed = new Signal<this, Change>(this);
  private readonly _refreshed = new Signal<this, void>(this);
  private readonly _stateChanged = new Signal<this, ConnectionState>(this);
}

/** The change that an event tells of; `undefined` for events of others. */
export function changeOf(emission: Event.Emission): Change | undefined {
  if (emission.schema_id !== CHANGE_SCHEMA) {
    return undefined;
  }
  const { action, entity, id, name, version, user } = emission as Record<string, unknown>;
  if (
    !ACTIONS.includes(action as string) ||
    !ENTITIES.includes(entity as string) ||
    typeof id !== 'number'
  ) {
    return undefined;
  }
  return {
    action: action as Action,
    entity: entity as Entity,
    id,
    name: typeof name === 'string' ? name : '',
    ...(typeof version === 'number' ? { version } : {}),
    ...(typeof user === 'string' ? { user } : {})
  };
}
