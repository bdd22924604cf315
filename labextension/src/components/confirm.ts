// A question before something is changed that cannot easily be taken back.
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

/** Whether the user agrees; `danger` makes the button red. */
export async function confirm(
  trans: TranslationBundle,
  question: { title: string; body: string; accept: string; danger?: boolean }
): Promise<boolean> {
  const accept = question.danger
    ? Dialog.warnButton({ label: question.accept })
    : Dialog.okButton({ label: question.accept });
  const result = await showDialog({
    title: question.title,
    body: question.body,
    buttons: [Dialog.cancelButton({ label: trans.__('Cancel') }), accept],
    // Enter must not delete
    defaultButton: question.danger ? 0 : 1
  });
  return result.button.accept;
}
