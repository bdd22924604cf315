// Pages as React state.

import { useEffect, useReducer, useState } from '../react';
import { Pages, type ReadPage } from './pages';

/** A list that is asked for when `question` changes; the view is drawn again on its changes. */
export function usePages<T extends { id: number }>(read: ReadPage<T>, question: string): Pages<T> {
  const [pages, setPages] = useState(() => new Pages<T>());
  const [, draw] = useReducer((turn: number) => turn + 1, 0);

  useEffect(() => {
    if (pages.isDisposed) {
      setPages(new Pages<T>()); // mounted again
      return;
    }
    pages.changed.connect(draw);
    return () => pages.dispose();
  }, [pages]);

  useEffect(() => {
    if (!pages.isDisposed) {
      pages.ask(read);
    }
    // the question is what `read` asks
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [pages, question]);

  return pages;
}

/** A value as it was when it had not been changed for a while: what is typed, once it rests. */
export function useRested<V>(value: V, milliseconds = 200): V {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return rested;
}
