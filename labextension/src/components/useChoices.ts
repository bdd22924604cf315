// What was chosen in a part of a panel, kept until the panel is closed, also across a reload.

import { useCallback, useMemo, useRef } from '../react';
import { useKept } from './kept';

/** The choices of the part of that name, and what changes some of them. */
export function useChoices<T extends Record<string, string>>(
  part: string,
  defaults: T
): [T, (change: Partial<T>) => void] {
  const [chosen, setChosen] = useKept<Partial<T>>(`choices of ${part}`, {}, true);
  const choose = useCallback(
    (change: Partial<T>) => setChosen(before => ({ ...before, ...change })),
    [setChosen]
  );
  const first = useRef(defaults);
  const all = useMemo(() => ({ ...first.current, ...textsOf(chosen) }), [chosen]);
  return [all, choose];
}

/** Of what is remembered, what can be from here: texts. */
function textsOf<T extends Record<string, string>>(remembered: Partial<T>): Partial<T> {
  return Object.fromEntries(
    Object.entries(remembered).filter(([, value]) => typeof value === 'string')
  ) as Partial<T>;
}
