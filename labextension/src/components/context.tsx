// What every view has at hand: the registry, the translation, the settings, Lab's own parts.
import { nullTranslator, type TranslationBundle } from '@jupyterlab/translation';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import type React from 'react';

import { createContext, useContext } from '../react';
import type { IRegistry } from '../tokens';

/** Whether something is shown of a row, by its name. */
type Columns = { readonly [name: string]: boolean | undefined };

/** What the settings say; see `schema/plugin.json`. */
export interface RegistrySettings {
  defaultTab: string;
  refresh: boolean;
  confirmations: boolean;
  packageColumns: Columns;
  deploymentColumns: Columns;
}

export const DEFAULTS: RegistrySettings = {
  defaultTab: 'overview',
  refresh: true,
  confirmations: true,
  packageColumns: {},
  deploymentColumns: {}
};

/** What is given to views; what is optional may be missing, as in Notebook 7. */
export interface Surroundings {
  registry: IRegistry;
  trans: TranslationBundle;
  commands: CommandRegistry;
  settings: RegistrySettings;
  /** Draws charts; missing where Lab has no renderers. */
  rendermime?: IRenderMimeRegistry | null;
  /** Whether the view can be seen; true unless given. */
  visible?: boolean;
  /** Keeps what a panel remembers until it is closed, as the tab; see `documents/`. */
  remember?: (state: ReadonlyPartialJSONObject) => void;
  /** Tells the arguments with which an open panel is opened once more, as the tab. */
  asked?: ISignal<unknown, ReadonlyPartialJSONObject>;
}

const Context = createContext<Surroundings | null>(null);

export function SurroundingsProvider(props: {
  value: Surroundings;
  children: React.ReactNode;
}): React.ReactElement {
  return <Context.Provider value={props.value}>{props.children}</Context.Provider>;
}

export function useSurroundings(): Surroundings {
  const found = useContext(Context);
  if (!found) {
    throw new Error('A view of the registry needs a SurroundingsProvider above it.');
  }
  return found;
}

export function useRegistry(): IRegistry {
  return useSurroundings().registry;
}

export function useSettings(): RegistrySettings {
  return useSurroundings().settings;
}

/** Whether a column is shown in a row; each is that is not switched off. */
export function useShownColumns(
  row: 'packageColumns' | 'deploymentColumns'
): (name: string) => boolean {
  const columns = useSettings()[row];
  return name => columns[name] !== false;
}

const UNTRANSLATED = nullTranslator.load('jupyter_registry');

/** The translation; small components work without surroundings. */
export function useTrans(): TranslationBundle {
  return useContext(Context)?.trans ?? UNTRANSLATED;
}
