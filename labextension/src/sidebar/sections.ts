// The sections of the sidebar that come with it: one file each.
import type { SidebarSection } from '../tokens';
import { deployments } from './deployments';
import { leaderboards } from './leaderboards';
import { packages } from './packages';

export const SECTIONS: readonly SidebarSection[] = [packages, deployments, leaderboards];
