// The tabs of a package's panel that come with it: one file each.
import type { PackagePublic } from '../../../api/types';
import type { PanelTab } from '../../../tokens';
import { overview } from './overview';

export const PACKAGE_TABS: readonly PanelTab<PackagePublic>[] = [overview];
