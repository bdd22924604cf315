// Lists that others add to.
import { expect, it } from 'vitest';

import { Contributions } from '../src/contributions';

it('is ordered by rank, then by arrival, and tells of both ways', () => {
  const list = new Contributions<{ id: string; rank?: number }>();
  let told = 0;
  list.changed.connect(() => told++);
  list.add({ id: 'last' });
  list.add({ id: 'second', rank: 10 });
  const added = list.add({ id: 'third', rank: 10 });
  list.add({ id: 'first', rank: 0 });
  expect(list.items.map(item => item.id)).toEqual(['first', 'second', 'third', 'last']);
  expect(() => list.add({ id: 'first' })).toThrow('added already');
  added.dispose();
  added.dispose();
  expect(list.get('third')).toBeUndefined();
  expect(told).toBe(5);
});
