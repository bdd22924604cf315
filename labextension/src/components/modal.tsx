// A dialog with a form of ours in it: the browser's own <dialog>, which keeps the focus inside.
import { Widget } from '@lumino/widgets';
import type React from 'react';

import { useId } from '../react';
import { RegistryWidget, type SurroundingsSource } from './RegistryWidget';

/** Show a view as a dialog; resolves when it is closed, by the view, Escape or its button. */
export function openModal(
  source: SurroundingsSource,
  view: (close: () => void) => React.ReactElement
): Promise<void> {
  return new Promise(resolve => {
    const before = document.activeElement;
    const dialog = document.createElement('dialog');
    dialog.className = 'jp-Registry-dialog';
    const widget = new RegistryWidget(source, () => view(() => dialog.close()));
    dialog.addEventListener('close', () => {
      Widget.detach(widget);
      widget.dispose();
      dialog.remove();
      if (before instanceof HTMLElement && before.isConnected) {
        before.focus();
      }
      resolve();
    });
    // keys are the dialog's, not Lab's shortcuts
    dialog.addEventListener('keydown', event => event.stopPropagation());
    document.body.appendChild(dialog);
    Widget.attach(widget, dialog);
    dialog.showModal();
  });
}

/** The frame of a dialog's content: heading, content, buttons that stay in sight. */
export function ModalFrame(props: {
  title: string;
  children: React.ReactNode;
  buttons: React.ReactNode;
  submit: () => void;
}): React.ReactElement {
  const id = useId();
  return (
    <form
      className="jp-Registry-modal"
      aria-labelledby={id}
      noValidate
      onSubmit={event => {
        event.preventDefault();
        props.submit();
      }}
    >
      <h1 id={id}>{props.title}</h1>
      <div className="jp-Registry-modalContent">{props.children}</div>
      <div className="jp-Registry-modalButtons">{props.buttons}</div>
    </form>
  );
}
