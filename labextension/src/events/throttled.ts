// Changes that come thick, answered now and then.

import { useCallback, useEffect, useRef } from '../react';

/** Calls `run` at once, then at most every so many milliseconds; the last call is not lost. */
export function useThrottled(run: () => void, milliseconds: number): () => void {
  const latest = useRef(run);
  latest.current = run;
  const last = useRef(-Infinity);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  useEffect(() => () => clearTimeout(timer.current), []);
  return useCallback(() => {
    clearTimeout(timer.current);
    const go = () => {
      last.current = Date.now();
      latest.current();
    };
    const wait = last.current + milliseconds - Date.now();
    if (wait <= 0) {
      go();
    } else {
      timer.current = setTimeout(go, wait);
    }
  }, [milliseconds]);
}
