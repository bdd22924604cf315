// Lists read page by page: what is asked for, when, and which answers count.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { PAGE, type Page, type PageOf, Pages, REFRESH_MS } from '../src/sidebar/pages';

type Item = { id: number };

/** A server with items of these ids; each request is noted, and answered after 10 ms. */
function server(ids: number[]) {
  const asked: [number, number][] = [];
  const aborted: number[] = [];
  const read = ({ offset, limit, total }: PageOf, signal: AbortSignal) => {
    asked.push([offset, limit]);
    signal.addEventListener('abort', () => aborted.push(offset));
    return new Promise<Page<Item>>((resolve, reject) => {
      setTimeout(() => {
        if (failing.now) {
          reject(new Error('no'));
        }
        const items = ids.slice(offset, offset + limit).map(id => ({ id }));
        resolve({ items, ...(total ? { total: ids.length } : {}) });
      }, 10);
    });
  };
  const failing = { now: false };
  return { ids, asked, aborted, read, failing };
}

const upTo = (count: number) => Array.from({ length: count }, (_, at) => at + 1);

describe('Pages', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  async function opened(ids: number[]) {
    const from = server(ids);
    const pages = new Pages<Item>();
    pages.ask(from.read);
    await vi.advanceTimersByTimeAsync(20);
    from.asked.length = 0;
    return { pages, from };
  }

  it('loads what is in sight, not what was scrolled past', async () => {
    const { pages, from } = await opened(upTo(100_000));
    expect(pages.total).toBe(100_000);
    expect(pages.item(99)?.id).toBe(100);
    expect(pages.item(100)).toBeUndefined();

    for (let at = 1_000; at <= 50_000; at += 1_000) {
      pages.look(at, at + 10);
    }
    await vi.advanceTimersByTimeAsync(100);
    // at once where it began, then where it ended
    expect(from.asked.map(([offset]) => offset)).toEqual([900, 1000, 49_900, 50_000]);
    expect(pages.item(50_005)?.id).toBe(50_006);
    expect(pages.indexOf(50_006)).toBe(50_005);
    expect(pages.isInSight(50_006)).toBe(true);
    expect(pages.isInSight(50_020)).toBe(false);
  });

  it('reads only what is in sight anew, at most every half second', async () => {
    const { pages, from } = await opened(upTo(1_000));
    pages.look(150, 210);
    await vi.advanceTimersByTimeAsync(1_000);
    from.asked.length = 0;
    from.ids.unshift(5_000);
    for (let turn = 0; turn < 15; turn++) {
      pages.refresh();
      await vi.advanceTimersByTimeAsync(25);
    }
    expect(from.asked.filter(([, limit]) => limit > PAGE)).toEqual([[100, 200]]);
    expect(pages.indexOf(200)).toBe(200);
    expect(pages.total).toBe(1_001);
    await vi.advanceTimersByTimeAsync(REFRESH_MS);
    // the last of the changes is not lost
    expect(from.asked.filter(([, limit]) => limit > PAGE)).toHaveLength(2);
  });

  it('asks nothing while it is hidden, and once when it is seen again', async () => {
    const { pages, from } = await opened(upTo(10));
    pages.refresh();
    pages.see(false);
    pages.refresh();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(from.asked).toEqual([]);
    pages.see(true);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(from.asked).toEqual([[0, PAGE]]);
  });

  it('keeps the old list until the new answer is there, and drops late answers', async () => {
    const { pages } = await opened(upTo(10));
    const late = server([7]);
    const wanted = server([8, 9]);
    const generation = pages.generation;
    pages.ask(late.read);
    expect(pages.item(0)?.id).toBe(1);
    pages.ask(wanted.read);
    expect(late.aborted).toEqual([0]);
    await vi.advanceTimersByTimeAsync(20);
    expect(pages.total).toBe(2);
    expect(pages.item(0)?.id).toBe(8);
    expect(pages.generation).toBe(generation + 1);
  });

  it('keeps what was read when the server fails, and goes on after it', async () => {
    const { pages, from } = await opened(upTo(10));
    from.failing.now = true;
    pages.refresh();
    await vi.advanceTimersByTimeAsync(REFRESH_MS + 20);
    expect(pages.error).toEqual(new Error('no'));
    expect(pages.item(0)?.id).toBe(1);
    from.failing.now = false;
    pages.refresh();
    await vi.advanceTimersByTimeAsync(REFRESH_MS + 20);
    expect(pages.error).toBeUndefined();
  });

  it('has an item in one place when the list moved between two answers', async () => {
    const { pages, from } = await opened(upTo(300));
    from.ids.unshift(5_000);
    pages.look(120, 130);
    await vi.advanceTimersByTimeAsync(100);
    expect(pages.item(100)?.id).toBe(100);
    const ids = [...pages.loaded()].map(item => item.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('asks nothing after it was disposed', async () => {
    const { pages, from } = await opened(upTo(300));
    pages.refresh();
    pages.dispose();
    pages.look(200, 210);
    pages.refresh();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(from.asked).toEqual([]);
  });
});
