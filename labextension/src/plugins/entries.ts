// The plugins that offer the commands: command palette and launcher; menus are in the schema.
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';

import { CommandIDs } from '../commands/ids';
import type { SurroundingsSource } from '../components/RegistryWidget';
import { ISurroundings } from './surroundings';

export const palette: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-registry:palette',
  description: 'Commands of the model registry in the palette.',
  autoStart: true,
  requires: [ISurroundings],
  optional: [ICommandPalette],
  activate: (_: JupyterFrontEnd, source: SurroundingsSource, palette: ICommandPalette | null) => {
    const category = source.current().trans.__('Model Registry');
    for (const command of [CommandIDs.showSidebar, CommandIDs.register, CommandIDs.refresh]) {
      palette?.addItem({ command, category });
    }
  }
};

export const launcher: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-registry:launcher',
  description: 'A card of the model registry in the launcher.',
  autoStart: true,
  requires: [ISurroundings],
  optional: [ILauncher],
  activate: (_: JupyterFrontEnd, source: SurroundingsSource, launcher: ILauncher | null) => {
    const category = source.current().trans.__('Other');
    launcher?.add({
      command: CommandIDs.register,
      args: { isLauncher: true },
      category,
      rank: 50
    });
  }
};
