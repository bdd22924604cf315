// The plugin that registers what is selected in the file browser; the menu is in the schema.
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';

import { NO_ARGS } from '../commands/arguments';
import { CommandIDs } from '../commands/ids';
import type { SurroundingsSource } from '../components/RegistryWidget';
import { registryIcon } from '../icon';
import { ISurroundings } from './surroundings';

export const files: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-registry:files',
  description: 'Registering files of the file browser.',
  autoStart: true,
  requires: [ISurroundings],
  optional: [IFileBrowserFactory],
  activate: (
    app: JupyterFrontEnd,
    source: SurroundingsSource,
    browsers: IFileBrowserFactory | null
  ) => {
    if (!browsers) {
      return;
    }
    const { registry, trans } = source.current();
    const { contents } = app.serviceManager;
    const selected = () =>
      [...(browsers.tracker.currentWidget?.selectedItems() ?? [])].map(item =>
        contents.localPath(item.path)
      );
    app.commands.addCommand(CommandIDs.registerFiles, {
      label: trans.__('Register as Model Package…'),
      caption: trans.__('Register the selected files or folders as one model package'),
      icon: registryIcon,
      isEnabled: () => selected().length > 0,
      describedBy: NO_ARGS,
      execute: () => registry.register({ kind: 'custom', paths: selected() })
    });
  }
};
