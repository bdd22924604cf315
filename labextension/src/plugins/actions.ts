// The plugin of what can be done with deployments: its dialogs need what views have at hand.
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';

import type { SurroundingsSource } from '../components/RegistryWidget';
import { deploymentActions } from '../documents/deployment/actions';
import { IRegistry } from '../tokens';
import { ISurroundings } from './surroundings';

export const actions: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-registry:actions',
  description: 'Replacing, rolling back, switching on and off, archiving deployments.',
  autoStart: true,
  requires: [IRegistry, ISurroundings],
  activate: (_: JupyterFrontEnd, registry: IRegistry, source: SurroundingsSource) => {
    deploymentActions(source).forEach(action => registry.deploymentActions.add(action));
  }
};
