// The plugin behind the token.
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { refreshIcon } from '@jupyterlab/ui-components';

import { NO_ARGS } from '../commands/arguments';
import { CommandIDs } from '../commands/ids';
import { LabRegistry } from '../registry';
import { SECTIONS } from '../sidebar/sections';
import { IRegistry } from '../tokens';

export const registry: JupyterFrontEndPlugin<IRegistry> = {
  id: 'jupyter-registry:registry',
  description: 'The model registry for other plugins.',
  autoStart: true,
  provides: IRegistry,
  optional: [ITranslator],
  activate: (app: JupyterFrontEnd, translator: ITranslator | null): IRegistry => {
    const trans = (translator ?? nullTranslator).load('jupyter_registry');
    const made = new LabRegistry(app.serviceManager.serverSettings, app.commands);
    SECTIONS.forEach(section => made.sections.add(section));
    app.commands.addCommand(CommandIDs.refresh, {
      label: trans.__('Refresh the Model Registry'),
      icon: refreshIcon,
      describedBy: NO_ARGS,
      execute: () => made.changes.refresh()
    });
    void app.restored.then(() => made.changes.connect());
    return made;
  }
};
