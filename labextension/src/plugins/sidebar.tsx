// The plugin of the sidebar.
import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { showErrorMessage } from '@jupyterlab/apputils';
import { IStateDB } from '@jupyterlab/statedb';

import { NO_ARGS } from '../commands/arguments';
import { CommandIDs } from '../commands/ids';
import { acceptDrops, onHeldOver } from '../components/drops';
import { RegistryWidget, type SurroundingsSource } from '../components/RegistryWidget';
import { registryIcon } from '../icon';
import { Sidebar } from '../sidebar';
import { SidebarMemory } from '../sidebar/memory';
import { IRowCommands, type RowCommands } from '../sidebar/parts';
import { ISurroundings } from './surroundings';

export const sidebar: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-registry:sidebar',
  description: 'Packages and deployments beside the file browser.',
  autoStart: true,
  requires: [ISurroundings, IRowCommands],
  optional: [ILayoutRestorer, IStateDB],
  activate: (
    app: JupyterFrontEnd,
    source: SurroundingsSource,
    commands: RowCommands,
    restorer: ILayoutRestorer | null,
    state: IStateDB | null
  ) => {
    const { registry, trans } = source.current();
    const memory = new SidebarMemory(state as ConstructorParameters<typeof SidebarMemory>[0]);
    const loaded = memory.load();
    const widget = new RegistryWidget(source, () => (
      <Sidebar commands={commands} memory={memory} />
    ));
    widget.id = 'jupyter-registry-sidebar';
    widget.title.icon = registryIcon;
    widget.title.caption = trans.__('Model Registry');
    widget.node.setAttribute('role', 'region');
    widget.node.setAttribute('aria-label', trans.__('Model Registry'));
    acceptDrops(widget.node, {
      over: over => widget.toggleClass('jp-mod-drop', over),
      files: dropped =>
        void dropped
          .then(chosen => registry.register({ kind: 'custom', chosen }))
          .catch((error: Error) => showErrorMessage(trans.__('Register a package'), error)),
      contents: dragged => {
        const paths = dragged.map(path => app.serviceManager.contents.localPath(path));
        void registry.register({ kind: 'custom', paths });
      }
    });
    // what lies over it, such as the file browser, gives way to a drag
    onHeldOver(`[data-id="${widget.id}"]`, () => app.shell.activateById(widget.id));
    app.shell.add(widget, 'left', { rank: 300, type: 'Model Registry' });
    restorer?.add(widget, widget.id);
    app.commands.addCommand(CommandIDs.showSidebar, {
      label: trans.__('Show the Model Registry'),
      icon: registryIcon,
      describedBy: NO_ARGS,
      execute: async () => {
        await loaded;
        app.shell.activateById(widget.id);
        await focusSearch(widget.node);
      }
    });
  }
};

/** Into the first search, as soon as it is drawn, and after a menu has given the focus back. */
async function focusSearch(node: HTMLElement): Promise<void> {
  for (let turn = 0; turn < 20; turn++) {
    await new Promise(drawn => setTimeout(drawn, 20));
    const search = node.querySelector<HTMLElement>('input[type=search]');
    if (search) {
      search.focus();
      return;
    }
  }
}
