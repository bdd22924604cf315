// Files on their way into an upload, without drawing.
import { describe, expect, it, vi } from 'vitest';

import type { RegistryClient } from '../src/api/client';
import { ConnectionLostError, ProblemError } from '../src/api/problems';
import { Sending } from '../src/documents/register/sending';
import { chosen, FakeServer, gone } from './fakeUploads';

describe('sending', () => {
  it('sends all into one upload; of a path the last one counts', async () => {
    const server = new FakeServer();
    const sending = new Sending(server.api);
    sending.addFiles('model', chosen('a.bin', 'b.bin'));
    sending.addFiles('model', chosen('a.bin'));
    sending.addFiles('training', chosen('old.csv'));
    sending.addFiles('training', chosen('new.csv'));
    sending.addContents('holdout', ['data/rest.csv']);
    await sending.send();
    expect(sending.complete).toBe(true);
    expect([...server.uploads.get('u1')!.keys()].sort()).toEqual([
      '_holdout/rest.csv',
      '_training/new.csv',
      'a.bin',
      'b.bin'
    ]);
    expect(sending.paths('model')).toEqual(['b.bin', 'a.bin']);
    await sending.remove(sending.items[0].id);
    expect(server.uploads.get('u1')!.has('b.bin')).toBe(false);
  });

  it('begins again with all of it when it was cancelled', async () => {
    const server = new FakeServer();
    const sending = new Sending(server.api);
    server.fails = [undefined, 'waits'];
    sending.addFiles('model', chosen('a.bin', 'b.bin'));
    const running = sending.send();
    await vi.waitFor(() => expect(sending.items[1].state).toBe('sending'));
    await sending.cancel();
    await running;
    expect(sending.stopped).toBe(true);
    expect(sending.items.map(({ state }) => state)).toEqual(['waiting', 'waiting']);
    await sending.send();
    expect([...server.uploads.keys()]).toEqual(['u2']);
    expect(sending.complete).toBe(true);
  });

  it('stops when the connection is lost, goes on after a file that is refused', async () => {
    const server = new FakeServer();
    const sending = new Sending(server.api);
    const refused = new ProblemError({ ...gone(), type: 'InvalidInput', status: 400 });
    server.fails = [refused, undefined];
    sending.addFiles('model', chosen('bad.bin', 'good.bin'));
    await sending.send();
    expect(sending.items.map(({ state }) => state)).toEqual(['failed', 'sent']);
    expect(sending.complete).toBe(false);

    vi.useFakeTimers();
    server.fails = Array.from({ length: 5 }, () => new ConnectionLostError(''));
    sending.addFiles('model', chosen('more.bin'));
    const running = sending.send();
    await vi.advanceTimersByTimeAsync(20_000);
    await running;
    vi.useRealTimers();
    expect(sending.stopped).toBe(true);
    expect(sending.error).toBeInstanceOf(ConnectionLostError);
    // what was sent stays sent, and the rest goes on when it is asked to
    expect(sending.items.map(({ state }) => state)).toEqual(['failed', 'sent', 'waiting']);
    server.arriving = { 'more.bin': 1 };
    await sending.send();
    expect(server.offsets.at(-1)).toBe(1);
    expect(sending.items[2].state).toBe('sent');
    expect(server.began).toBe(1);
  });

  it('goes on from what has arrived when the connection breaks', async () => {
    const server = new FakeServer();
    const sending = new Sending(server.api);
    const other = { ...gone(), type: 'Conflict', status: 409, fields: { offset: 3 } };
    server.fails = [new ConnectionLostError(''), new ProblemError(other)];
    server.arriving = { 'a.bin': 2 };
    sending.addFiles('model', chosen('a.bin'));
    await sending.send();
    expect(server.offsets).toEqual([0, 2, 2]);
    expect(sending.complete).toBe(true);
  });

  it('has archives taken apart, and none left that is refused', async () => {
    const server = new FakeServer();
    const sending = new Sending(server.api);
    server.archives = { 'm.zip': ['custom.py', 'm.joblib'], 'in/m.tar.gz': ['in/a'] };
    sending.addFiles('model', chosen('m.zip', 'bad.zip'));
    sending.addFiles('training', chosen('t.zip'));
    await sending.send();
    expect(sending.paths('model')).toEqual(['custom.py', 'm.joblib', 'bad.zip']);
    expect(sending.items.map(({ state }) => state)).toEqual(['sent', 'failed', 'sent']);
    expect([...server.uploads.get('u1')!.keys()].sort()).toEqual([
      '_training/t.zip',
      'custom.py',
      'm.joblib'
    ]);
  });

  it('begins an upload anew when the old one was swept', async () => {
    const server = new FakeServer();
    const sending = new Sending(server.api);
    sending.addFiles('model', chosen('a.bin'));
    await sending.send();
    server.uploads.clear();
    server.fails = [gone()];
    sending.addFiles('model', chosen('b.bin'));
    await sending.send();
    expect([...server.uploads.get('u2')!.keys()].sort()).toEqual(['a.bin', 'b.bin']);
  });

  it('goes on with what has arrived, and names what has not', async () => {
    const server = new FakeServer();
    const before = new Sending(server.api);
    before.addFiles('model', chosen('a.bin'));
    await before.send();
    before.addFiles('model', chosen('b.bin'));
    before.addContents('training', ['t.csv']);
    const after = new Sending(server.api);
    await after.resume(before.upload, before.remembered);
    expect(after.lost).toEqual(['b.bin']);
    expect(after.items.map(({ name, state }) => [name, state])).toEqual([
      ['a.bin', 'sent'],
      ['t.csv', 'waiting']
    ]);
    server.uploads.clear();
    const late = new Sending(server.api);
    await late.resume(before.upload, before.remembered);
    expect(late.lost).toEqual(['a.bin', 'b.bin']);
  });

  it('shows how far the server is with what it takes of the contents', async () => {
    const server = new FakeServer();
    let finish: (taken: unknown) => void = () => undefined;
    const slow = new Promise(resolve => (finish = resolve));
    const api = {
      ...server.api,
      takeContents: () => slow,
      upload: () => Promise.resolve({ taking: { done: 3, size: 10 } })
    } as unknown as RegistryClient;
    const sending = new Sending(api);
    sending.addContents('model', ['large.onnx']);
    const sent = sending.send();
    await vi.waitFor(() => expect(sending.items[0]).toMatchObject({ done: 3, size: 10 }), 3000);
    finish({ files: [{ path: 'large.onnx', size: 10 }], left_out: {} });
    await sent;
    expect(sending.items[0]).toMatchObject({ state: 'sent', done: 10, size: 10 });
  });
});
