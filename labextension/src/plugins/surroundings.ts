// The plugin that gathers what every view has at hand: translation, settings, renderers.
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { Token } from '@lumino/coreutils';
import { Signal } from '@lumino/signaling';

import { DEFAULTS, type RegistrySettings } from '../components/context';
import type { SurroundingsSource } from '../components/RegistryWidget';
import { IRegistry } from '../tokens';

export const ISurroundings = new Token<SurroundingsSource>(
  'jupyter-registry:ISurroundings',
  "What the registry's own views have at hand."
);

const PLUGIN = 'jupyter-registry:plugin';

export const surroundings: JupyterFrontEndPlugin<SurroundingsSource> = {
  id: PLUGIN,
  description: 'Settings, translation and renderers for the views of the model registry.',
  autoStart: true,
  provides: ISurroundings,
  requires: [IRegistry],
  optional: [ITranslator, ISettingRegistry, IRenderMimeRegistry],
  activate: (
    app: JupyterFrontEnd,
    registry: IRegistry,
    translator: ITranslator | null,
    settingRegistry: ISettingRegistry | null,
    rendermime: IRenderMimeRegistry | null
  ): SurroundingsSource => {
    const trans = (translator ?? nullTranslator).load('jupyter_registry');
    let settings = DEFAULTS;
    const changed = new Signal<unknown, void>({});
    if (settingRegistry) {
      const take = (loaded: ISettingRegistry.ISettings) => {
        settings = { ...DEFAULTS, ...(loaded.composite as Partial<RegistrySettings>) };
        changed.emit();
      };
      settingRegistry.load(PLUGIN).then(
        loaded => {
          take(loaded);
          loaded.changed.connect(take);
        },
        (reason: unknown) => console.warn('The settings of the model registry are missing', reason)
      );
    }
    return {
      changed,
      current: () => ({ registry, trans, commands: app.commands, settings, rendermime })
    };
  }
};
