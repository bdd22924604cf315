// Changes as React hooks.

import { useRegistry, useSurroundings } from '../components/context';
import { useEffect, useRef, useState } from '../react';
import type { Change, ConnectionState } from './changes';

/**
 * Call `react` with each change, and without one when everything may have changed. While the
 * view cannot be seen nothing is called; if something was changed, once when it is seen again.
 */
export function useChanges(react: (change?: Change) => void): void {
  const { registry, settings } = useSurroundings();
  const { changes } = registry;
  const seen = useSeen();
  const latest = useRef({ react, seen, follow: settings.refresh });
  latest.current = { react, seen, follow: settings.refresh };
  const missed = useRef(false);

  useEffect(() => {
    const tell = (change?: Change) => {
      if (latest.current.seen) {
        latest.current.react(change);
      } else {
        missed.current = true;
      }
    };
    const changed = (_: unknown, change: Change) => latest.current.follow && tell(change);
    const refreshed = () => tell();
    changes.changed.connect(changed);
    changes.refreshed.connect(refreshed);
    return () => {
      changes.changed.disconnect(changed);
      changes.refreshed.disconnect(refreshed);
    };
  }, [changes]);

  useEffect(() => {
    if (seen && missed.current) {
      missed.current = false;
      latest.current.react();
    }
  }, [seen]);
}

/** Whether the view can be seen: it is shown, and so is the page. */
export function useSeen(): boolean {
  const { visible = true } = useSurroundings();
  return usePageVisible() && visible;
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

function usePageVisible(): boolean {
  const [visible, setVisible] = useState(!document.hidden);
  useEffect(() => {
    const follow = () => setVisible(!document.hidden);
    document.addEventListener('visibilitychange', follow);
    return () => document.removeEventListener('visibilitychange', follow);
  }, []);
  return visible;
}
