// The menu of a model's row: the same actions as the buttons of the selected one.
import { showErrorMessage } from '@jupyterlab/apputils';
import { MenuSvg } from '@jupyterlab/ui-components';
import { CommandRegistry } from '@lumino/commands';

import type { ModelAction } from './useModelActions';

/** Show the menu at a point of the window; the focus comes back when it is closed. */
export function openModelMenu(actions: readonly ModelAction[], x: number, y: number): void {
  if (!actions.length) {
    return;
  }
  const commands = new CommandRegistry();
  const menu = new MenuSvg({ commands });
  for (const { id, label, run } of actions) {
    commands.addCommand(id, {
      label,
      execute: () => run().catch((error: Error) => showErrorMessage(label, error))
    });
    menu.addItem({ command: id });
  }
  const focused = document.activeElement as HTMLElement | null;
  menu.aboutToClose.connect(() => {
    // after the action's own dialog has taken the focus, if there is one
    setTimeout(() => {
      if (!document.activeElement || document.activeElement === document.body) {
        focused?.focus();
      }
      menu.dispose();
    });
  });
  menu.open(x, y);
}
