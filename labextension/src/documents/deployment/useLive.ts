// A deployment's numbers, asked for again as they change, though not more often than eyes follow.

import { useChanges } from '../../events/hooks';
import { Throttle } from '../../events/throttle';
import { useEffect, useRef } from '../../react';

/** Milliseconds between two refreshes. */
const PAUSE = 2000;

/** Call `reload` when rows of the deployment arrive, or it changes; only while it can be seen. */
export function useLive(deployment: number, reload: () => void): void {
  const latest = useRef(reload);
  latest.current = reload;
  const throttle = useRef<Throttle>();
  useEffect(() => {
    const own = new Throttle(() => latest.current(), PAUSE);
    throttle.current = own;
    return () => own.dispose();
  }, []);
  useChanges(change => {
    if (!change) {
      latest.current();
    } else if (
      (change.entity === 'rows' || change.entity === 'deployment') &&
      change.id === deployment
    ) {
      throttle.current?.ask();
    }
  });
}
