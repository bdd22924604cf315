// The plugin that makes commands of what can be done with packages and deployments.
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker } from '@jupyterlab/notebook';

import { addCodeActions } from '../commands/codeActions';
import { EntityCommands, type Noun } from '../commands/entities';
import { CommandIDs } from '../commands/ids';
import type { SurroundingsSource } from '../components/RegistryWidget';
import { IRowCommands, type RowCommands } from '../sidebar/parts';
import { ISurroundings } from './surroundings';

export const rowCommands: JupyterFrontEndPlugin<RowCommands> = {
  id: 'jupyter-registry:row-commands',
  description: 'Actions on packages, deployments and leaderboards as commands.',
  autoStart: true,
  provides: IRowCommands,
  requires: [ISurroundings],
  optional: [INotebookTracker],
  activate: (
    app: JupyterFrontEnd,
    source: SurroundingsSource,
    notebooks: INotebookTracker | null
  ): RowCommands => {
    const { registry, trans } = source.current();
    const { commands, shell } = app;
    addCodeActions(registry, trans, notebooks);
    const packages = new EntityCommands({
      noun: 'package',
      label: trans.__('package'),
      commands,
      trans,
      actions: registry.packageActions,
      open: CommandIDs.openPackage,
      read: id => registry.api.package(id),
      name: shown => `${shown.name}/${shown.version}`,
      inFront: () => idInFront(shell, 'package')
    });
    const deployments = new EntityCommands({
      noun: 'deployment',
      label: trans.__('deployment'),
      commands,
      trans,
      actions: registry.deploymentActions,
      open: CommandIDs.openDeployment,
      read: id => registry.api.deployment(id),
      name: shown => shown.label,
      inFront: () => idInFront(shell, 'deployment')
    });
    const leaderboards = new EntityCommands({
      noun: 'leaderboard',
      label: trans.__('leaderboard'),
      commands,
      trans,
      actions: registry.leaderboardActions,
      open: CommandIDs.openLeaderboard,
      read: id => registry.api.leaderboard(id),
      name: shown => shown.name,
      inFront: () => idInFront(shell, 'leaderboard')
    });
    const update = () => {
      leaderboards.update();
      packages.update();
      deployments.update();
    };
    shell.currentChanged?.connect(update);
    notebooks?.widgetAdded.connect((_, notebook) => {
      update();
      notebook.disposed.connect(update);
    });
    return { packages, deployments, leaderboards };
  }
};

/** The id of the entity whose panel is in front; see `documents/manager.ts` for its widget's id. */
function idInFront(shell: JupyterFrontEnd.IShell, noun: Noun): number | undefined {
  const found = new RegExp(`^jupyter-registry-${noun}-(\\d+)$`).exec(shell.currentWidget?.id ?? '');
  return found ? Number(found[1]) : undefined;
}
