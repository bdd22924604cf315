// What was chosen in a part of a panel, kept until the panel is closed, also across a reload.
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { useCallback, useRef, useState } from 'react';

import { useSurroundings } from './context';

/** The choices of the part of that name, and what changes some of them. */
export function useChoices<T extends Record<string, string>>(
  part: string,
  defaults: T
): [T, (change: Partial<T>) => void] {
  const { remember, recall } = useSurroundings();
  const [chosen, setChosen] = useState<T>(() => ({ ...defaults, ...kept(recall?.(), part) }));
  const now = useRef(chosen);
  const memory = useRef({ remember, recall });
  memory.current = { remember, recall };
  const choose = useCallback(
    (change: Partial<T>) => {
      now.current = { ...now.current, ...change };
      setChosen(now.current);
      const { recall, remember } = memory.current;
      const all = (recall?.().choices ?? {}) as ReadonlyPartialJSONObject;
      remember?.({ choices: { ...all, [part]: now.current } });
    },
    [part]
  );
  return [chosen, choose];
}

/** What is remembered of a part; what is no text is not from here. */
function kept(memory: ReadonlyPartialJSONObject | undefined, part: string): Record<string, string> {
  const all = memory?.choices as ReadonlyPartialJSONObject | undefined;
  const own = Object.entries((all?.[part] ?? {}) as ReadonlyPartialJSONObject);
  return Object.fromEntries(
    own.filter((pair): pair is [string, string] => typeof pair[1] === 'string')
  );
}
