// Panels of the main area: opened once each, tracked, and restored after a reload.
import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import type { LabIcon } from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { TabPanel, type Widget } from '@lumino/widgets';

import type { RegistryWidget } from '../components/RegistryWidget';

export type DocumentWidget = MainAreaWidget<RegistryWidget>;

/** One kind of panel. */
export interface DocumentKind<A extends ReadonlyPartialJSONObject> {
  /** Begins the widgets' ids; of one kind in the application. */
  namespace: string;
  /** The command that opens one; called with the remembered arguments to restore it. */
  command: string;
  icon: LabIcon;
  /** What tells one panel from another: equal names, the same panel. */
  name: (args: A) => string;
  title: (args: A) => string;
  create: (args: A) => RegistryWidget;
}

export class Documents<A extends ReadonlyPartialJSONObject> {
  constructor(
    private readonly _shell: JupyterFrontEnd.IShell,
    private readonly _kind: DocumentKind<A>
  ) {
    this.tracker = new WidgetTracker<DocumentWidget>({ namespace: _kind.namespace });
  }

  readonly tracker: WidgetTracker<DocumentWidget>;

  /** Have the panels of the last time opened again. */
  restore(restorer: ILayoutRestorer): void {
    void restorer.restore(this.tracker, {
      command: this._kind.command,
      args: widget => widget.content.memory,
      name: widget => this._kind.name(widget.content.memory as A)
    });
  }

  /** Whether a panel of a name is open. */
  isOpen(name: string): boolean {
    return this.tracker.find(open => open.id === this._id(name)) !== undefined;
  }

  /** Open a panel, or show the one that is open. */
  async open(args: A): Promise<DocumentWidget> {
    const name = this._kind.name(args);
    const id = this._id(name);
    let widget = this.tracker.find(open => open.id === id);
    if (!widget) {
      const content = this._kind.create(args);
      content.remember(args);
      // the panel around it takes the title over, now and later
      content.title.label = this._kind.title(args);
      content.title.icon = this._kind.icon;
      widget = new MainAreaWidget({ content });
      widget.id = id;
      widget.title.closable = true;
      widget.toolbar.hide(); // it is empty: the actions are in the panel
      const made = widget;
      content.memoryChanged.connect(() => void this.tracker.save(made));
      await this.tracker.add(widget);
    } else {
      widget.content.ask(args);
    }
    if (!widget.isAttached) {
      this._shell.add(widget, 'main');
    }
    if (!widget.isAttached) {
      addBeside(this._shell, widget);
    }
    this._shell.activateById(widget.id);
    showTab(widget);
    return widget;
  }

  private _id(name: string): string {
    return `${this._kind.namespace}-${name}`;
  }
}

/**
 * In Notebook 7 the main area has one widget: on its first page that has tabs, and a panel is one
 * more; beside a notebook a panel is on its right.
 */
function addBeside(shell: JupyterFrontEnd.IShell, widget: Widget): void {
  const [only] = shell.widgets('main');
  if (only instanceof TabPanel) {
    only.addWidget(widget);
  } else {
    shell.add(widget, 'right');
  }
}

/** Of tabs that the shell does not know show the widget's. */
function showTab(widget: Widget): void {
  const tabs = widget.parent?.parent;
  if (tabs instanceof TabPanel) {
    tabs.currentWidget = widget;
  }
}
