// An answer of the server as React state: the last one stays until the next is there.

import { isAbort } from '../api/problems';
import { useCallback, useEffect, useRef, useState } from '../react';

export interface Answer<T> {
  /** The last answer to the present question. */
  data?: T;
  error?: unknown;
  /** Whether an answer is awaited. */
  loading: boolean;
  /** Ask again; what is shown stays meanwhile. */
  reload: () => void;
}

/**
 * Ask when a value of `question` changes. A change of the question takes away the old answer
 * unless `keep` is set; an answer that comes too late is dropped, its request is cancelled.
 */
export function useAnswer<T>(
  ask: (signal: AbortSignal) => Promise<T>,
  question: readonly unknown[],
  keep = false
): Answer<T> {
  const [state, setState] = useState<{ data?: T; error?: unknown; loading: boolean }>({
    loading: true
  });
  const latest = useRef(ask);
  latest.current = ask;
  const running = useRef<AbortController>();

  const reload = useCallback(() => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    setState(before => (before.loading ? before : { ...before, loading: true }));
    latest.current(controller.signal).then(
      data => {
        if (!controller.signal.aborted) {
          setState({ data, loading: false });
        }
      },
      (error: unknown) => {
        if (!controller.signal.aborted && !isAbort(error)) {
          setState(before => ({ data: before.data, error, loading: false }));
        }
      }
    );
  }, []);

  useEffect(() => {
    if (!keep) {
      setState({ loading: true });
    }
    reload();
    return () => running.current?.abort();
    // the caller's values are what is asked for
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [reload, keep, ...question]);

  return { ...state, reload };
}
