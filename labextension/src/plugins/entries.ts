// The plugins that offer the commands: command palette and launcher; menus are in the schema.
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { DisposableSet } from '@lumino/disposable';

import { CommandIDs } from '../commands/ids';
import type { SurroundingsSource } from '../components/RegistryWidget';
import { IRowCommands, type RowCommands } from '../sidebar/parts';
import { ISurroundings } from './surroundings';

export const palette: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-registry:palette',
  description: 'Commands of the model registry in the palette.',
  autoStart: true,
  requires: [ISurroundings, IRowCommands],
  optional: [ICommandPalette],
  activate: (
    _: JupyterFrontEnd,
    source: SurroundingsSource,
    rows: RowCommands,
    palette: ICommandPalette | null
  ) => {
    if (!palette) {
      return;
    }
    const category = source.current().trans.__('Model Registry');
    const own = [
      CommandIDs.showSidebar,
      CommandIDs.register,
      CommandIDs.newLeaderboard,
      CommandIDs.refresh
    ];
    for (const command of own) {
      palette.addItem({ command, category });
    }
    for (const entities of [rows.packages, rows.deployments, rows.leaderboards]) {
      let items = new DisposableSet();
      const fill = () => {
        items.dispose();
        items = DisposableSet.from(
          entities.ids.map(command => palette.addItem({ command, category }))
        );
      };
      fill();
      entities.changed.connect(fill);
    }
  }
};

export const launcher: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-registry:launcher',
  description: 'Cards of the model registry in the launcher.',
  autoStart: true,
  requires: [ISurroundings],
  optional: [ILauncher],
  activate: (_: JupyterFrontEnd, source: SurroundingsSource, launcher: ILauncher | null) => {
    const category = source.current().trans.__('Other');
    [CommandIDs.register, CommandIDs.newLeaderboard].forEach((command, at) =>
      launcher?.add({ command, args: { isLauncher: true }, category, rank: 50 + at })
    );
  }
};
