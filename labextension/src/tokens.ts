// The registry's token: what other extensions read of it and add to it.
import { Token } from '@lumino/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { LabIcon } from '@jupyterlab/ui-components';
import type { ComponentType } from 'react';

import type { RegistryClient } from './api/client';
import type {
  DeploymentPublic,
  LeaderboardPublic,
  LeaderboardSummary,
  PackagePublic,
  PackageSummary
} from './api/types';
import type { Chosen } from './components/dropped';
import type { Contributions, Ranked } from './contributions';
import type { Changes } from './events/changes';

/** A part of the sidebar that folds. */
export interface SidebarSection extends Ranked {
  label(trans: TranslationBundle): string;
  component: ComponentType;
}

/** A tab of a panel; its component gets the entity as it is now. */
export interface PanelTab<E> extends Ranked {
  label(trans: TranslationBundle): string;
  component: ComponentType<{ entity: E; reload: () => void }>;
  /** Whether the tab is for this entity; for all unless given. */
  applies?(entity: E): boolean;
}

/** Something that can be done with an entity: a button of its panel, an entry of its menu. */
export interface EntityAction<E> extends Ranked {
  label(trans: TranslationBundle): string;
  icon?: LabIcon;
  /** Whether it is offered for this entity; for all unless given. */
  applies?(entity: E): boolean;
  /** Rejecting shows the error where the action was taken. */
  execute(entity: E): Promise<void>;
}

/** What the register form begins with. */
export type RegisterArgs = {
  kind?: 'custom' | 'external';
  name?: string;
  /** Paths of files or folders in Jupyter's contents. */
  paths?: string[];
  /** Files of the reader's computer; they are not there any more after a reload. */
  chosen?: Chosen;
};

export interface IRegistry {
  readonly api: RegistryClient;
  /** Changes made anywhere, as they are made. */
  readonly changes: Changes;
  readonly sections: Contributions<SidebarSection>;
  readonly packageTabs: Contributions<PanelTab<PackagePublic>>;
  readonly deploymentTabs: Contributions<PanelTab<DeploymentPublic>>;
  readonly leaderboardTabs: Contributions<PanelTab<LeaderboardPublic>>;
  readonly packageActions: Contributions<EntityAction<PackageSummary>>;
  readonly deploymentActions: Contributions<EntityAction<DeploymentPublic>>;
  readonly leaderboardActions: Contributions<EntityAction<LeaderboardSummary>>;
  /** Open a package's panel, or show the one that is open; on a tab, by its id. */
  openPackage(id: number, tab?: string): Promise<void>;
  openDeployment(id: number, tab?: string): Promise<void>;
  openLeaderboard(id: number, tab?: string): Promise<void>;
  register(args?: RegisterArgs): Promise<void>;
  /**
   * Open the form that trains a leaderboard, of a file in Jupyter's contents; one `like` another,
   * by its id, begins with that one's recipe and is linked to it.
   */
  newLeaderboard(path?: string, like?: number): Promise<void>;
}

export const IRegistry = new Token<IRegistry>(
  'jupyter-registry:IRegistry',
  'The model registry: its API, changes as they are made, panels to open, places to add to.'
);
