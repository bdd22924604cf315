// Actions on packages, deployments and leaderboards as commands: menus, keys and palette share them.
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { MenuSvg } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';
import type { Menu } from '@lumino/widgets';
import React from 'react';

import { ProblemView } from '../components/ProblemView';
import type { Contributions } from '../contributions';
import type { EntityAction } from '../tokens';

export type Noun = 'package' | 'deployment' | 'leaderboard';

/** An action that was taken in the sidebar and went wrong. */
export interface Failure {
  /** The action's label with the entity's name. */
  label: string;
  error: unknown;
}

export interface EntityCommandsOptions<E> {
  noun: Noun;
  /** The noun in the reader's language. */
  label: string;
  commands: CommandRegistry;
  trans: TranslationBundle;
  actions: Contributions<EntityAction<E>>;
  /** The command that opens one. */
  open: string;
  read: (id: number) => Promise<E>;
  name: (entity: E) => string;
  /** The id of the entity whose panel is in front. */
  inFront: () => number | undefined;
}

/** Where a command was given; failures of the sidebar's are shown there. */
const SIDEBAR = 'sidebar';

/**
 * A command for each action that is contributed, `jupyter-registry:<noun>-<action>`. Its argument
 * is `id`; without one it is for the panel in front, or else for the row chosen in the sidebar.
 */
export class EntityCommands<E extends { id: number }> implements IDisposable {
  constructor(private readonly _options: EntityCommandsOptions<E>) {
    this._follow();
    _options.actions.changed.connect(this._follow, this);
  }

  get failed(): ISignal<this, Failure> {
    return this._failed;
  }

  /** Emitted after commands came or went. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The commands, in the actions' order. */
  get ids(): readonly string[] {
    return this._options.actions.items.map(action => this.commandOf(action.id));
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  /** The row that is chosen in the sidebar; nothing when it cannot be seen. */
  get chosen(): E | undefined {
    return this._chosen;
  }

  choose(entity: E | undefined): void {
    if (entity !== this._chosen) {
      this._chosen = entity;
      this.update();
    }
  }

  /** What the commands are about may be another. */
  update(): void {
    this.ids.forEach(id => this._options.commands.notifyCommandChanged(id));
  }

  commandOf(action: string): string {
    return `jupyter-registry:${this._options.noun}-${action}`;
  }

  open(entity: E): void {
    void this._options.commands.execute(this._options.open, { id: entity.id });
  }

  /** Take an action from the sidebar; whether it is offered for the entity. */
  run(action: string, entity: E): boolean {
    this.choose(entity);
    const command = this.commandOf(action);
    const { commands } = this._options;
    const args = { id: entity.id, from: SIDEBAR };
    if (!commands.hasCommand(command) || !commands.isVisible(command, args)) {
      return false;
    }
    void commands.execute(command, args);
    return true;
  }

  /** Show the entity's menu at a point of the window. */
  menu(entity: E, x: number, y: number): Menu {
    this.choose(entity);
    const menu = new MenuSvg({ commands: this._options.commands });
    const args = { id: entity.id, from: SIDEBAR };
    menu.addItem({ command: this._options.open, args: { id: entity.id } });
    menu.addItem({ type: 'separator' });
    for (const action of this._options.actions.items) {
      if ((action.rank ?? 100) >= CODE_RANK && menu.items[menu.items.length - 1].command) {
        menu.addItem({ type: 'separator' });
      }
      menu.addItem({ command: this.commandOf(action.id), args });
    }
    const focused = document.activeElement as HTMLElement | null;
    menu.aboutToClose.connect(() => {
      // after the command's own dialog has taken the focus, if there is one
      setTimeout(() => {
        if (!document.activeElement || document.activeElement === document.body) {
          focused?.focus();
        }
        menu.dispose();
      });
    });
    menu.open(x, y);
    return menu;
  }

  dispose(): void {
    if (!this._disposed) {
      this._disposed = true;
      this._options.actions.changed.disconnect(this._follow, this);
      this._added.forEach(command => command.dispose());
      Signal.clearData(this);
    }
  }

  private _follow(): void {
    const { actions } = this._options;
    for (const [action, command] of this._added) {
      if (!actions.items.includes(action)) {
        command.dispose();
        this._added.delete(action);
      }
    }
    for (const action of actions.items) {
      if (!this._added.has(action)) {
        this._added.set(action, this._add(action));
      }
    }
    this._changed.emit();
  }

  private _add(action: EntityAction<E>): IDisposable {
    const { commands, trans, label } = this._options;
    return commands.addCommand(this.commandOf(action.id), {
      label: args => {
        if (args['id'] !== undefined) {
          return action.label(trans);
        }
        const id = this._target(args);
        const known = id !== undefined && this._chosen?.id === id;
        const whom = known ? this._options.name(this._chosen!) : label;
        return withName(action.label(trans), whom);
      },
      icon: action.icon,
      isEnabled: args => this._target(args) !== undefined && this._applies(action, args),
      isVisible: args => args['id'] === undefined || this._applies(action, args),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            id: {
              type: 'integer',
              description: 'The id in the registry; else of what is in front or chosen'
            }
          }
        }
      },
      execute: args => this._execute(action, args)
    });
  }

  private async _execute(action: EntityAction<E>, args: ReadonlyPartialJSONObject): Promise<void> {
    const { trans, read, name } = this._options;
    const id = this._target(args);
    if (id === undefined) {
      throw new Error(trans.__('Choose one in the sidebar, or open its panel.'));
    }
    let label = action.label(trans);
    try {
      const entity = await read(id);
      label = withName(label, name(entity));
      if (!(action.applies?.(entity) ?? true)) {
        throw new Error(trans.__('It is not in the state for that any more.'));
      }
      await action.execute(entity);
    } catch (error) {
      if (args['from'] === SIDEBAR) {
        this._failed.emit({ label, error });
      } else {
        await showDialog({
          title: label,
          body: React.createElement(
            'div',
            { className: 'jp-Registry-said' },
            React.createElement(ProblemView, { error })
          ),
          buttons: [Dialog.okButton()]
        });
      }
    }
  }

  private _target(args: ReadonlyPartialJSONObject): number | undefined {
    return typeof args['id'] === 'number'
      ? args['id']
      : (this._options.inFront() ?? this._chosen?.id);
  }

  private _applies(action: EntityAction<E>, args: ReadonlyPartialJSONObject): boolean {
    const known = this._chosen && this._chosen.id === this._target(args) ? this._chosen : undefined;
    return !known || (action.applies?.(known) ?? true);
  }

  private _chosen?: E;
  private _disposed = false;
  private readonly _added = new Map<EntityAction<E>, IDisposable>();
  private readonly _failed = new Signal<this, Failure>(this);
  private readonly _changed = new Signal<this, void>(this);
}

/** An action's label with whom it is for: `Delete…` becomes `Delete: churn/3…`. */
function withName(label: string, name: string): string {
  const asks = label.endsWith('…');
  return `${asks ? label.slice(0, -1) : label}: ${name}${asks ? '…' : ''}`;
}

/** From this rank on actions are about code; a menu has them apart. */
export const CODE_RANK = 200;
