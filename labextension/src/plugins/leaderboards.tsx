// The plugin of leaderboards: their panels, the form that trains one, and the way there.
import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { type ReadonlyPartialJSONObject, UUID } from '@lumino/coreutils';

import { NO_ARGS, TRAIN_ARGS } from '../commands/arguments';
import { CommandIDs } from '../commands/ids';
import { Later } from '../components/Later';
import { RegistryWidget, type SurroundingsSource } from '../components/RegistryWidget';
import { laterViews } from '../documents/later';
import { leaderboardActions } from '../documents/leaderboard/actions';
import { LEADERBOARD_TABS } from '../documents/leaderboard/tabs';
import { Documents } from '../documents/manager';
import { registryIcon } from '../icon';
import { browsing, type EntityArgs, opening } from './panels';
import { ISurroundings } from './surroundings';

/** `kept` is what was typed, and the job that was begun. */
type FormArgs = { form: string; path?: string; like?: number; kept?: ReadonlyPartialJSONObject };

/** Files that are tables. */
const TABLE = /\.(csv|parquet|pq|arrow|feather)$/i;

export const leaderboards: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-registry:leaderboards',
  description: 'Panels of leaderboards, and the form that trains one.',
  autoStart: true,
  requires: [ISurroundings],
  optional: [ILayoutRestorer, IDocumentManager, IFileBrowserFactory],
  activate: (
    app: JupyterFrontEnd,
    source: SurroundingsSource,
    restorer: ILayoutRestorer | null,
    files: IDocumentManager | null,
    browsers: IFileBrowserFactory | null
  ) => {
    const { registry, trans } = source.current();
    const { commands, shell } = app;
    const boards = new Documents<EntityArgs>(shell, {
      namespace: 'jupyter-registry-leaderboard',
      command: CommandIDs.openLeaderboard,
      icon: registryIcon,
      name: ({ id }) => String(id),
      title: ({ id }) => trans.__('Leaderboard %1', id),
      create: ({ id, tab, kept }) =>
        new RegistryWidget(source, widget => (
          <Later load={laterViews}>
            {({ LeaderboardPanel }) => (
              <LeaderboardPanel
                id={id}
                tab={tab}
                kept={kept}
                onRead={({ id, name }) =>
                  (widget.title.label = trans.__('%1 (board %2)', name, id))
                }
              />
            )}
          </Later>
        ))
    });
    const browse = browsing(files);
    const forms = new Documents<FormArgs>(shell, {
      namespace: 'jupyter-registry-training',
      command: CommandIDs.newLeaderboard,
      icon: registryIcon,
      name: ({ form }) => form,
      title: ({ like }) =>
        like === undefined
          ? trans.__('New leaderboard')
          : trans.__('Train leaderboard %1 again', like),
      create: ({ form, path, like, kept }) =>
        new RegistryWidget(source, widget => (
          <Later load={laterViews}>
            {({ TrainForm }) => (
              <TrainForm
                token={form}
                path={path}
                like={like}
                kept={kept}
                browse={browse}
                done={() => widget.parent?.dispose()}
              />
            )}
          </Later>
        ))
    });

    commands.addCommand(
      CommandIDs.openLeaderboard,
      opening(boards, trans.__('Open a Leaderboard'), trans)
    );
    commands.addCommand(CommandIDs.newLeaderboard, {
      label: args =>
        args['isLauncher'] ? trans.__('Train a Leaderboard') : trans.__('New Leaderboard…'),
      caption: trans.__('Have models of a table trained and ranked'),
      icon: registryIcon,
      describedBy: TRAIN_ARGS,
      execute: args => {
        const { form, path, like, kept } = args as Partial<FormArgs>;
        return forms.open({
          form: form ?? UUID.uuid4(),
          ...(path === undefined ? {} : { path }),
          ...(like === undefined ? {} : { like }),
          ...(kept === undefined ? {} : { kept })
        });
      }
    });
    const { contents } = app.serviceManager;
    const selected = () => {
      const items = [...(browsers?.tracker.currentWidget?.selectedItems() ?? [])];
      const path = items.length === 1 ? contents.localPath(items[0].path) : '';
      return TABLE.test(path) ? path : undefined;
    };
    commands.addCommand(CommandIDs.trainFile, {
      label: trans.__('Train a Leaderboard…'),
      caption: trans.__('Have models of the selected table trained and ranked'),
      icon: registryIcon,
      isVisible: () => selected() !== undefined,
      isEnabled: () => selected() !== undefined,
      describedBy: NO_ARGS,
      execute: () => registry.newLeaderboard(selected())
    });

    LEADERBOARD_TABS.forEach(tab => registry.leaderboardTabs.add(tab));
    leaderboardActions(source).forEach(action => registry.leaderboardActions.add(action));
    if (restorer) {
      boards.restore(restorer);
      forms.restore(restorer);
    }
  }
};
