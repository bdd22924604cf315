// Actions that give code: onto the clipboard, into the notebook that is open.
import { Clipboard, Notification } from '@jupyterlab/apputils';
import { type INotebookTracker, NotebookActions } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { addBelowIcon, copyIcon } from '@jupyterlab/ui-components';

import type { DeploymentPublic, LeaderboardSummary, PackageSummary } from '../api/types';
import type { EntityAction, IRegistry } from '../tokens';
import { deploymentCode, leaderboardCode, packageCode } from './code';
import { CODE_RANK } from './entities';

/** Add them for packages, deployments and leaderboards; without notebooks only the clipboard. */
export function addCodeActions(
  registry: IRegistry,
  trans: TranslationBundle,
  notebooks: INotebookTracker | null
): void {
  codeActions<PackageSummary>(packageCode, trans, notebooks).forEach(action =>
    registry.packageActions.add(action)
  );
  codeActions<DeploymentPublic>(deploymentCode, trans, notebooks).forEach(action =>
    registry.deploymentActions.add(action)
  );
  codeActions<LeaderboardSummary>(leaderboardCode, trans, notebooks).forEach(action =>
    registry.leaderboardActions.add(action)
  );
}

function codeActions<E>(
  code: (entity: E) => string,
  trans: TranslationBundle,
  notebooks: INotebookTracker | null
): EntityAction<E>[] {
  return [
    {
      id: 'copy-code',
      rank: CODE_RANK,
      icon: copyIcon,
      label: () => trans.__('Copy Loading Code'),
      execute: entity => {
        Clipboard.copyToSystem(code(entity));
        Notification.success(trans.__('The code is on the clipboard.'), { autoClose: 2000 });
        return Promise.resolve();
      }
    },
    {
      id: 'insert-code',
      rank: CODE_RANK,
      icon: addBelowIcon,
      label: () => trans.__('Insert Code into Notebook'),
      applies: () => !!notebooks?.currentWidget,
      execute: entity => {
        insertCell(notebooks, code(entity), trans);
        return Promise.resolve();
      }
    }
  ];
}

/** A new cell below the active one of the notebook that was last in front. */
function insertCell(
  notebooks: INotebookTracker | null,
  source: string,
  trans: TranslationBundle
): void {
  const notebook = notebooks?.currentWidget?.content;
  if (!notebook?.model) {
    throw new Error(trans.__('Open a notebook first.'));
  }
  NotebookActions.insertBelow(notebook);
  notebook.activeCell?.model.sharedModel.setSource(source);
  void NotebookActions.focusActiveCell(notebook);
}
