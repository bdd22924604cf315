// Changes from events; what happens when the socket is lost and comes back.
import { ServerConnection } from '@jupyterlab/services';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { CHANGE_SCHEMA, type Change, changeOf, Changes } from '../src/events/changes';

class FakeSocket extends EventTarget {
  constructor(readonly url: string) {
    super();
    sockets.push(this);
  }

  onmessage?: (message: { data: string }) => void;
  onclose?: () => void;

  open(): void {
    this.dispatchEvent(new Event('open'));
  }

  lose(): void {
    this.onclose?.();
    this.dispatchEvent(new Event('close'));
  }

  close(): void {
    this.dispatchEvent(new Event('close'));
  }
}

let sockets: FakeSocket[] = [];

function listening(): Changes {
  const changes = new Changes(
    ServerConnection.makeSettings({
      baseUrl: 'http://localhost/user/ada/',
      wsUrl: 'ws://localhost/user/ada/',
      WebSocket: FakeSocket as unknown as typeof WebSocket
    })
  );
  changes.connect();
  return changes;
}

const EVENT = {
  schema_id: CHANGE_SCHEMA,
  action: 'created',
  entity: 'package',
  id: 7,
  name: 'churn',
  version: 2
};

describe('a change', () => {
  it('is read of our events alone', () => {
    expect(changeOf(EVENT)).toEqual({
      action: 'created',
      entity: 'package',
      id: 7,
      name: 'churn',
      version: 2
    });
    expect(changeOf({ ...EVENT, schema_id: 'https://other' })).toBeUndefined();
    expect(changeOf({ ...EVENT, entity: 'something' })).toBeUndefined();
    expect(changeOf({ ...EVENT, id: '7' })).toBeUndefined();
  });
});

describe('the stream', () => {
  beforeEach(() => {
    sockets = [];
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('emits changes, and a refresh after a loss', async () => {
    const changes = listening();
    const heard: Change[] = [];
    let refreshed = 0;
    changes.changed.connect((_, change) => heard.push(change));
    changes.refreshed.connect(() => refreshed++);
    await vi.advanceTimersByTimeAsync(10);
    expect(sockets).toHaveLength(1);
    expect(sockets[0].url).toContain('/user/ada/api/events/subscribe');

    sockets[0].open();
    expect(changes.state).toBe('connected');
    expect(refreshed).toBe(0);
    sockets[0].onmessage?.({ data: JSON.stringify(EVENT) });
    expect(heard).toHaveLength(1);

    sockets[0].lose();
    expect(changes.state).toBe('lost');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sockets.length).toBeGreaterThan(1);
    sockets[sockets.length - 1].open();
    expect(changes.state).toBe('connected');
    expect(refreshed).toBe(1);
    changes.dispose();
  });

  it('tries at once when asked, and is silent when it was disposed', async () => {
    const changes = listening();
    await vi.advanceTimersByTimeAsync(10);
    sockets[0].open();
    sockets[0].lose();
    changes.connect();
    await vi.advanceTimersByTimeAsync(10);
    expect(sockets).toHaveLength(2);
    sockets[1].open();
    expect(changes.state).toBe('connected');
    changes.dispose();
    expect(changes.state).toBe('connected');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sockets).toHaveLength(2);
  });
});
