// The tabs of a deployment's panel that come with it: one file each.
import type { DeploymentPublic } from '../../../api/types';
import type { PanelTab } from '../../../tokens';
import { accuracy } from './accuracy';
import { actuals } from './actuals';
import { drift } from './drift';
import { health } from './health';
import { integrations } from './integrations';
import { overview } from './overview';
import { predict } from './predict';
import { settings } from './settings';

export const DEPLOYMENT_TABS: readonly PanelTab<DeploymentPublic>[] = [
  overview,
  accuracy,
  health,
  drift,
  predict,
  actuals,
  integrations,
  settings
];
