// The tabs of a leaderboard's panel.

import type { LeaderboardPublic } from '../../api/types';
import { Later } from '../../components/Later';
import type { PanelTab } from '../../tokens';
import { laterViews } from '../later';

export const LEADERBOARD_TABS: readonly PanelTab<LeaderboardPublic>[] = [
  {
    id: 'models',
    rank: 0,
    label: trans => trans.__('Models'),
    component: props => <Later load={laterViews}>{({ Models }) => <Models {...props} />}</Later>
  },
  {
    id: 'comparison',
    rank: 5,
    label: trans => trans.__('Comparison'),
    component: props => (
      <Later load={laterViews}>{({ Comparison }) => <Comparison {...props} />}</Later>
    )
  },
  {
    id: 'training',
    rank: 10,
    label: trans => trans.__('Training'),
    component: props => <Later load={laterViews}>{({ Training }) => <Training {...props} />}</Later>
  }
];
