// The tabs of a deployment's panel that come with it: one file each.
import type { DeploymentPublic } from '../../../api/types';
import type { PanelTab } from '../../../tokens';
import { accuracy } from './accuracy';
import { drift } from './drift';
import { health } from './health';
import { overview } from './overview';

export const DEPLOYMENT_TABS: readonly PanelTab<DeploymentPublic>[] = [
  overview,
  accuracy,
  health,
  drift
];
