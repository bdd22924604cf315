// The plugin of the panels: their commands, and their return after a reload.
import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IStateDB } from '@jupyterlab/statedb';
import { UUID } from '@lumino/coreutils';

import { REGISTER_ARGS } from '../commands/arguments';
import { CommandIDs } from '../commands/ids';
import type { Chosen } from '../components/dropped';
import { Later } from '../components/Later';
import { RegistryWidget, type SurroundingsSource } from '../components/RegistryWidget';
import { laterViews } from '../documents/later';
import { Documents } from '../documents/manager';
import { packageActions } from '../documents/package/actions';
import { Drafts } from '../documents/register/drafts';
import { registryIcon } from '../icon';
import type { RegisterArgs } from '../tokens';
import { browsing, type EntityArgs, opening } from './panels';
import { ISurroundings } from './surroundings';

type FormArgs = Omit<RegisterArgs, 'chosen'> & { form: string };

export const documents: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-registry:documents',
  description: 'Panels of packages and deployments, and the form that registers.',
  autoStart: true,
  requires: [ISurroundings],
  optional: [ILayoutRestorer, IStateDB, IDocumentManager],
  activate: (
    app: JupyterFrontEnd,
    source: SurroundingsSource,
    restorer: ILayoutRestorer | null,
    state: IStateDB | null,
    files: IDocumentManager | null
  ) => {
    const { registry, trans } = source.current();
    const { commands, shell } = app;

    // the tabs that come with a panel are there when it is first shown
    const packageViews = once(async () => {
      const views = await laterViews();
      views.PACKAGE_TABS.forEach(tab => registry.packageTabs.add(tab));
      return views;
    });
    const deploymentViews = once(async () => {
      const views = await laterViews();
      views.DEPLOYMENT_TABS.forEach(tab => registry.deploymentTabs.add(tab));
      return views;
    });

    const packages = new Documents<EntityArgs>(shell, {
      namespace: 'jupyter-registry-package',
      command: CommandIDs.openPackage,
      icon: registryIcon,
      name: ({ id }) => String(id),
      title: ({ id }) => trans.__('Package %1', id),
      create: ({ id, tab }) =>
        new RegistryWidget(source, widget => (
          <Later load={packageViews}>
            {({ PackagePanel }) => (
              <PackagePanel
                id={id}
                tab={tab}
                onRead={shown => (widget.title.label = `${shown.name}/${shown.version}`)}
              />
            )}
          </Later>
        ))
    });
    const deployments = new Documents<EntityArgs>(shell, {
      namespace: 'jupyter-registry-deployment',
      command: CommandIDs.openDeployment,
      icon: registryIcon,
      name: ({ id }) => String(id),
      title: ({ id }) => trans.__('Deployment %1', id),
      create: ({ id, tab, kept }) =>
        new RegistryWidget(source, widget => (
          <Later load={deploymentViews}>
            {({ DeploymentPanel }) => (
              <DeploymentPanel
                id={id}
                tab={tab}
                kept={kept}
                onRead={shown => (widget.title.label = shown.label)}
              />
            )}
          </Later>
        ))
    });
    const drafts = new Drafts(state);
    const browse = browsing(files);
    const handed = new Map<string, Chosen>();
    const forms = new Documents<FormArgs>(shell, {
      namespace: 'jupyter-registry-form',
      command: CommandIDs.register,
      icon: registryIcon,
      name: ({ form }) => form,
      title: () => trans.__('Register a package'),
      create: ({ form, ...remembered }) => {
        const initial = { ...remembered, chosen: handed.get(form) };
        handed.delete(form);
        return new RegistryWidget(source, widget => (
          <Later load={laterViews}>
            {({ RegisterPanel }) => (
              <RegisterPanel
                form={form}
                initial={initial}
                drafts={drafts}
                browse={browse}
                done={() => widget.parent?.dispose()}
              />
            )}
          </Later>
        ));
      }
    });

    commands.addCommand(
      CommandIDs.openPackage,
      opening(packages, trans.__('Open a Model Package'), trans)
    );
    commands.addCommand(
      CommandIDs.openDeployment,
      opening(deployments, trans.__('Open a Deployment'), trans)
    );
    commands.addCommand(CommandIDs.register, {
      label: args =>
        args['isLauncher'] ? trans.__('Register a Model') : trans.__('Register a Model Package…'),
      caption: trans.__('Register a model that was built or is hosted elsewhere'),
      icon: registryIcon,
      describedBy: REGISTER_ARGS,
      execute: async args => {
        const { form, kind, name, paths, chosen } = args as Partial<FormArgs & RegisterArgs>;
        const initial = {
          ...(kind === undefined ? {} : { kind }),
          ...(name === undefined ? {} : { name }),
          ...(paths === undefined ? {} : { paths })
        };
        // what was typed and not sent is gone on with, unless the form is to begin with something
        const begun = form !== undefined || chosen !== undefined || Object.keys(initial).length > 0;
        const left = begun ? undefined : await drafts.latest(one => forms.isOpen(one));
        const opened = form ?? left ?? UUID.uuid4();
        if (chosen) {
          handed.set(opened, chosen); // what is remembered of a panel is JSON, which files are not
        }
        return forms.open({ ...initial, form: opened });
      }
    });

    packageActions(source).forEach(action => registry.packageActions.add(action));
    if (restorer) {
      packages.restore(restorer);
      deployments.restore(restorer);
      forms.restore(restorer);
    }
  }
};

/** What is loaded once; tried again the next time where it failed. */
function once<V>(load: () => Promise<V>): () => Promise<V> {
  let loading: Promise<V> | undefined;
  return () =>
    (loading ??= load().catch((reason: unknown) => {
      loading = undefined;
      throw reason;
    }));
}
