// Changes as React hooks.
import { useEffect, useRef, useState } from 'react';

import { useRegistry } from '../components/context';
import type { Change, ConnectionState } from './changes';

/** Call `react` with each change, and without one when everything may have changed. */
export function useChanges(react: (change?: Change) => void): void {
  const { changes } = useRegistry();
  const latest = useRef(react);
  latest.current = react;
  useEffect(() => {
    const changed = (_: unknown, change: Change) => latest.current(change);
    const refreshed = () => latest.current();
    changes.changed.connect(changed);
    changes.refreshed.connect(refreshed);
    return () => {
      changes.changed.disconnect(changed);
      changes.refreshed.disconnect(refreshed);
    };
  }, [changes]);
}

/** Whether the server is heard. */
export function useConnection(): ConnectionState {
  const { changes } = useRegistry();
  const [state, setState] = useState(changes.state);
  useEffect(() => {
    const follow = (_: unknown, now: ConnectionState) => setState(now);
    setState(changes.state);
    changes.stateChanged.connect(follow);
    return () => {
      changes.stateChanged.disconnect(follow);
    };
  }, [changes]);
  return state;
}
