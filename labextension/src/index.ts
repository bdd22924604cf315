// The extension: its plugins, each of one purpose, and the token for others.
import { actions } from './plugins/actions';
import { documents } from './plugins/documents';
import { launcher, palette } from './plugins/entries';
import { files } from './plugins/files';
import { leaderboards } from './plugins/leaderboards';
import { registry } from './plugins/registry';
import { rowCommands } from './plugins/rowCommands';
import { sidebar } from './plugins/sidebar';
import { surroundings } from './plugins/surroundings';

export { IRegistry } from './tokens';
export type { EntityAction, PanelTab, RegisterArgs, SidebarSection } from './tokens';

export default [
  registry,
  surroundings,
  documents,
  leaderboards,
  actions,
  rowCommands,
  sidebar,
  files,
  palette,
  launcher
];
