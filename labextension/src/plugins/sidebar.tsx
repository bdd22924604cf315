// The plugin of the sidebar.
import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import React from 'react';

import { NO_ARGS } from '../commands/arguments';
import { CommandIDs } from '../commands/ids';
import { RegistryWidget, type SurroundingsSource } from '../components/RegistryWidget';
import { registryIcon } from '../icon';
import { Sidebar } from '../sidebar';
import { ISurroundings } from './surroundings';

export const sidebar: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-registry:sidebar',
  description: 'Packages and deployments beside the file browser.',
  autoStart: true,
  requires: [ISurroundings],
  optional: [ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    source: SurroundingsSource,
    restorer: ILayoutRestorer | null
  ) => {
    const { trans } = source.current();
    const widget = new RegistryWidget(source, () => <Sidebar />);
    widget.id = 'jupyter-registry-sidebar';
    widget.title.icon = registryIcon;
    widget.title.caption = trans.__('Model Registry');
    widget.node.setAttribute('role', 'region');
    widget.node.setAttribute('aria-label', trans.__('Model Registry'));
    app.shell.add(widget, 'left', { rank: 300, type: 'Model Registry' });
    restorer?.add(widget, widget.id);
    app.commands.addCommand(CommandIDs.showSidebar, {
      label: trans.__('Show the Model Registry'),
      icon: registryIcon,
      describedBy: NO_ARGS,
      execute: () => app.shell.activateById(widget.id)
    });
  }
};
