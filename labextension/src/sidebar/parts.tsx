// What the sidebar's own sections need besides the surroundings: the rows' commands.
import { Token } from '@lumino/coreutils';

import type { LeaderboardSummary, PackageSummary } from '../api/types';
import type { EntityCommands } from '../commands/entities';
import { createContext, useContext } from '../react';
import type { DeploymentRow } from './deploymentRow';

/** The commands of packages, deployments and leaderboards. */
export interface RowCommands {
  packages: EntityCommands<PackageSummary>;
  deployments: EntityCommands<DeploymentRow>;
  leaderboards: EntityCommands<LeaderboardSummary>;
}

export const IRowCommands = new Token<RowCommands>(
  'jupyter-registry:IRowCommands',
  'Actions on packages and deployments as commands.'
);

export const RowCommandsContext = createContext<RowCommands | null>(null);

export function useRowCommands(): RowCommands {
  const found = useContext(RowCommandsContext);
  if (!found) {
    throw new Error('The section needs the commands of its rows above it.');
  }
  return found;
}
