// The focus stays in sight when what had it goes away.
import type { RefObject } from 'react';

import { useEffect, useRef } from '../react';

/**
 * A place for the focus. After `leave` was called it goes there as soon as whatever had it is
 * gone, and not if it went elsewhere.
 */
export function useFocusBack<E extends HTMLElement>(): [RefObject<E>, () => void] {
  const place = useRef<E>(null);
  const leaving = useRef(false);
  useEffect(() => {
    if (leaving.current && document.activeElement === document.body) {
      leaving.current = false;
      place.current?.focus();
    }
  });
  return [
    place,
    () => {
      leaving.current = true;
    }
  ];
}

/** Whether the view was there before it is drawn now: what it opens then may take the focus. */
export function useShown(): { readonly current: boolean } {
  const shown = useRef(false);
  useEffect(() => {
    shown.current = true;
  }, []);
  return shown;
}
