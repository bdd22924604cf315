// The tabs of a package's panel that come with it: one file each.
import type { PackagePublic } from '../../../api/types';
import type { PanelTab } from '../../../tokens';
import { files } from './files';
import { metrics } from './metrics';
import { overview } from './overview';
import { provenance } from './provenance';
import { signature } from './signature';
import { versions } from './versions';

export const PACKAGE_TABS: readonly PanelTab<PackagePublic>[] = [
  overview,
  signature,
  files,
  metrics,
  provenance,
  versions
];
