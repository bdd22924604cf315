// A Lumino widget that draws a view of ours in React, with its surroundings.
import { ReactWidget } from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { Message } from '@lumino/messaging';
import { type ISignal, Signal } from '@lumino/signaling';
import type React from 'react';

import { type Surroundings, SurroundingsProvider } from './context';

/** Gives the surroundings as they are now; its signal tells when the settings are others. */
export interface SurroundingsSource {
  current(): Surroundings;
  readonly changed: ISignal<unknown, void>;
}

export class RegistryWidget extends ReactWidget {
  constructor(
    private readonly _source: SurroundingsSource,
    private readonly _view: (widget: RegistryWidget) => React.ReactElement
  ) {
    super();
    this.addClass('jp-Registry');
    _source.changed.connect(this._follow, this);
  }

  /** What the view asked to be remembered: the arguments with which it is restored. */
  get memory(): ReadonlyPartialJSONObject {
    return this._memory;
  }

  get memoryChanged(): ISignal<this, void> {
    return this._memoryChanged;
  }

  remember(state: ReadonlyPartialJSONObject): void {
    this._memory = { ...this._memory, ...state };
    this._memoryChanged.emit();
  }

  /** Arguments with which the panel was opened again while it was open. */
  get asked(): ISignal<this, ReadonlyPartialJSONObject> {
    return this._asked;
  }

  ask(args: ReadonlyPartialJSONObject): void {
    this._asked.emit(args);
  }

  override dispose(): void {
    this._source.changed.disconnect(this._follow, this);
    Signal.clearData(this);
    super.dispose();
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this._seen(this.isVisible);
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this._seen(true);
  }

  protected override onBeforeHide(message: Message): void {
    super.onBeforeHide(message);
    this._seen(false);
  }

  protected override render(): React.ReactElement | null {
    if (!this._everSeen) {
      return null; // nothing is asked of the server for what nobody has looked at
    }
    const value = {
      ...this._source.current(),
      visible: this._visible,
      asked: this._asked,
      remember: (state: ReadonlyPartialJSONObject) => this.remember(state)
    };
    return <SurroundingsProvider value={value}>{this._view(this)}</SurroundingsProvider>;
  }

  private _follow(): void {
    this.update();
  }

  private _seen(visible: boolean): void {
    this._visible = visible;
    this._everSeen ||= visible;
    this.update();
  }

  private _visible = false;
  private _everSeen = false;

  private _memory: ReadonlyPartialJSONObject = {};
  private readonly _memoryChanged = new Signal<this, void>(this);
  private readonly _asked = new Signal<this, ReadonlyPartialJSONObject>(this);
}
