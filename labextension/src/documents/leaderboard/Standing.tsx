// How a leaderboard's training stands: its share, the time left, what it is at; or how it ended.
import type React from 'react';

import type { LeaderboardPublic } from '../../api/types';
import { useTrans } from '../../components/context';
import { useSeen } from '../../events/hooks';
import { useEffect, useState } from '../../react';
import { progressText, shareDone } from '../words';

export function Standing({ board }: { board: LeaderboardPublic }): React.ReactElement | null {
  const running = board.state === 'running';
  const past = useSeconds(running, board.updated_at);
  const trans = useTrans();
  if (!running) {
    return board.error ? (
      <p className="jp-Registry-boardError" role="status">
        {board.error}
      </p>
    ) : null;
  }
  const left = board.progress?.seconds_left;
  const now =
    typeof left === 'number'
      ? { ...board, progress: { ...board.progress, seconds_left: Math.max(0, left - past) } }
      : board;
  return (
    <div className="jp-Registry-progress jp-Registry-boardProgress">
      <progress aria-label={trans.__('Training')} max={1} value={shareDone(now)} />
      <span>{progressText(now, trans)}</span>
    </div>
  );
}

/** Seconds since something was told last, counted while it can be seen. */
function useSeconds(counting: boolean, told: string): number {
  const seen = useSeen();
  const [past, setPast] = useState(0);
  useEffect(() => {
    setPast(0);
    if (!counting || !seen) {
      return;
    }
    const began = Date.now();
    const timer = setInterval(() => setPast((Date.now() - began) / 1000), 1000);
    return () => clearInterval(timer);
  }, [counting, seen, told]);
  return past;
}
