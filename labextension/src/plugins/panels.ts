// What the plugins of panels share: the command that opens one, and Jupyter's dialog of files.
import type { IDocumentManager } from '@jupyterlab/docmanager';
import { FileDialog } from '@jupyterlab/filebrowser';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { ENTITY_ARGS } from '../commands/arguments';
import type { Documents } from '../documents/manager';
import type { Browse } from '../documents/register/FilesArea';

/** `kept` is what was chosen, or typed and not sent, of a panel that is restored. */
export type EntityArgs = { id: number; tab?: string; kept?: ReadonlyPartialJSONObject };

/** The arguments of a command that opens a panel, checked. */
export function entityArgs(args: { [name: string]: unknown }): EntityArgs {
  const id = Number(args.id);
  if (!Number.isInteger(id) || id < 1) {
    throw new Error(`The argument 'id' has to be a number from 1, not ${JSON.stringify(args.id)}.`);
  }
  const { tab, kept } = args;
  return {
    id,
    ...(typeof tab === 'string' ? { tab } : {}),
    ...(kept && typeof kept === 'object' ? { kept: kept as ReadonlyPartialJSONObject } : {})
  };
}

/** The command that opens an entity's panel; `label` is said where no entity is told. */
export function opening(
  panels: Documents<EntityArgs>,
  label: string,
  trans: TranslationBundle
): CommandRegistry.ICommandOptions {
  return {
    label: args => (args['id'] ? trans.__('Open') : label),
    describedBy: ENTITY_ARGS,
    execute: args => panels.open(entityArgs(args))
  };
}

/** Jupyter's dialog that chooses files, where there is one. */
export function browsing(files: IDocumentManager | null): Browse | undefined {
  return files
    ? async title => {
        const { value } = await FileDialog.getOpenFiles({ manager: files, title });
        return (value ?? []).map(({ path }) => path).filter(Boolean);
      }
    : undefined;
}
