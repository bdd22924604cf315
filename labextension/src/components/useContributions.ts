// What is in a list of contributions now, as React state.

import type { Contributions, Ranked } from '../contributions';
import { useEffect, useState } from '../react';

export function useContributions<T extends Ranked>(list: Contributions<T>): readonly T[] {
  const [items, setItems] = useState(list.items);
  useEffect(() => {
    const follow = () => setItems(list.items);
    follow();
    list.changed.connect(follow);
    return () => {
      list.changed.disconnect(follow);
    };
  }, [list]);
  return items;
}
