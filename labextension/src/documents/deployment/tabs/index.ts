// The tabs of a deployment's panel that come with it: one file each.
import type { DeploymentPublic } from '../../../api/types';
import type { PanelTab } from '../../../tokens';
import { overview } from './overview';

export const DEPLOYMENT_TABS: readonly PanelTab<DeploymentPublic>[] = [overview];
