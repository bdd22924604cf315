// The registry as the token gives it: parts by plain assembly, panels by commands.
import type { ServerConnection } from '@jupyterlab/services';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { RegistryClient } from './api/client';
import type {
  DeploymentPublic,
  LeaderboardPublic,
  LeaderboardSummary,
  PackagePublic,
  PackageSummary
} from './api/types';
import { CommandIDs } from './commands/ids';
import { Contributions } from './contributions';
import { Changes } from './events/changes';
import type { EntityAction, IRegistry, PanelTab, RegisterArgs, SidebarSection } from './tokens';

export class LabRegistry implements IRegistry {
  constructor(
    settings: ServerConnection.ISettings,
    private readonly _commands: CommandRegistry
  ) {
    this.api = new RegistryClient(settings);
    this.changes = new Changes(settings);
  }

  readonly api: RegistryClient;
  readonly changes: Changes;
  readonly sections = new Contributions<SidebarSection>();
  readonly packageTabs = new Contributions<PanelTab<PackagePublic>>();
  readonly deploymentTabs = new Contributions<PanelTab<DeploymentPublic>>();
  readonly leaderboardTabs = new Contributions<PanelTab<LeaderboardPublic>>();
  readonly packageActions = new Contributions<EntityAction<PackageSummary>>();
  readonly deploymentActions = new Contributions<EntityAction<DeploymentPublic>>();
  readonly leaderboardActions = new Contributions<EntityAction<LeaderboardSummary>>();

  openPackage(id: number, tab?: string): Promise<void> {
    return this._run(CommandIDs.openPackage, tab === undefined ? { id } : { id, tab });
  }

  openDeployment(id: number, tab?: string): Promise<void> {
    return this._run(CommandIDs.openDeployment, tab === undefined ? { id } : { id, tab });
  }

  openLeaderboard(id: number, tab?: string): Promise<void> {
    return this._run(CommandIDs.openLeaderboard, tab === undefined ? { id } : { id, tab });
  }

  register(args: RegisterArgs = {}): Promise<void> {
    return this._run(CommandIDs.register, args as unknown as ReadonlyPartialJSONObject);
  }

  newLeaderboard(path?: string, like?: number): Promise<void> {
    return this._run(CommandIDs.newLeaderboard, {
      ...(path === undefined ? {} : { path }),
      ...(like === undefined ? {} : { like })
    });
  }

  private async _run(command: string, args: ReadonlyPartialJSONObject): Promise<void> {
    await this._commands.execute(command, args);
  }
}
