// The tabs of a leaderboard's panel.
import React from 'react';

import type { LeaderboardPublic } from '../../api/types';
import type { PanelTab } from '../../tokens';
import { Later } from './Later';

export const LEADERBOARD_TABS: readonly PanelTab<LeaderboardPublic>[] = [
  {
    id: 'models',
    rank: 0,
    label: trans => trans.__('Models'),
    component: props => <Later>{({ Models }) => <Models {...props} />}</Later>
  },
  {
    id: 'comparison',
    rank: 5,
    label: trans => trans.__('Comparison'),
    component: props => <Later>{({ Comparison }) => <Comparison {...props} />}</Later>
  },
  {
    id: 'training',
    rank: 10,
    label: trans => trans.__('Training'),
    component: props => <Later>{({ Training }) => <Training {...props} />}</Later>
  }
];
