// Addresses, and errors from what a server answers.
import { ServerConnection } from '@jupyterlab/services';
import { describe, expect, it } from 'vitest';

import { RegistryClient } from '../src/api/client';
import { address } from '../src/api/http';
import {
  connectionProblem,
  ConnectionLostError,
  isAbort,
  ProblemError,
  problemOf
} from '../src/api/problems';

const BASE = 'http://localhost/user/ada/';

function answering(status: number, body: string, seen: Request[] = []) {
  return ServerConnection.makeSettings({
    baseUrl: BASE,
    token: 'secret',
    fetch: (request: RequestInfo | URL) => {
      seen.push(request as Request);
      return Promise.resolve(new Response(body || null, { status }));
    }
  });
}

describe('addresses', () => {
  const settings = ServerConnection.makeSettings({ baseUrl: BASE });

  it('keeps the prefix and encodes each part', () => {
    expect(address(settings, ['models', 'a/b c?', 'versions', 2])).toBe(
      `${BASE}jupyter-registry/api/v1/models/a%2Fb%20c%3F/versions/2`
    );
  });

  it('repeats lists and leaves out what is not given', () => {
    const query = { tag: ['a:1', 'b'], q: '', kind: undefined, limit: 0, deployed: false };
    expect(address(settings, ['packages'], query)).toBe(
      `${BASE}jupyter-registry/api/v1/packages?tag=a%3A1&tag=b&limit=0&deployed=false`
    );
  });
});

describe('requests', () => {
  it('sends JSON with the token and gives what comes back', async () => {
    const seen: Request[] = [];
    const client = new RegistryClient(answering(200, '{"id": 7}', seen));
    expect(await client.updatePackage(7, { description: 'x' })).toEqual({ id: 7 });
    expect(seen[0].url).toBe(`${BASE}jupyter-registry/api/v1/packages/7`);
    expect(seen[0].method).toBe('PATCH');
    expect(seen[0].headers.get('Authorization')).toBe('token secret');
    expect(await seen[0].json()).toEqual({ description: 'x' });
  });

  it('takes an empty answer', async () => {
    expect(await new RegistryClient(answering(204, '')).deletePackage(1)).toBeUndefined();
  });

  it('throws the problem document', async () => {
    const problem = {
      type: 'urn:jupyter-registry:InvalidInput',
      title: 'Invalid input',
      status: 400,
      detail: 'The name is empty.',
      advice: 'Give one.',
      fields: { name: 'is empty', count: 3 }
    };
    const client = new RegistryClient(answering(400, JSON.stringify(problem)));
    const error = await client.info().catch((reason: unknown) => reason as ProblemError);
    expect(error).toBeInstanceOf(ProblemError);
    expect(error).toMatchObject({ type: 'InvalidInput', status: 400, advice: 'Give one.' });
    expect((error as ProblemError).field('name')).toBe('is empty');
    expect((error as ProblemError).field('count')).toBe('3');
    expect((error as ProblemError).field('other')).toBeUndefined();
  });
});

describe('problems', () => {
  it('makes one of what is no problem document', () => {
    expect(problemOf(502, 'Bad Gateway', '<html>')).toMatchObject({
      title: 'Bad Gateway',
      detail: 'HTTP 502 Bad Gateway'
    });
    expect(problemOf(403, 'Forbidden', '{"message": "XSRF"}').detail).toBe('XSRF');
  });

  it('tells a lost connection from a cancelled request', () => {
    const lost = connectionProblem(new ServerConnection.NetworkError(new TypeError('Failed')));
    expect(lost).toBeInstanceOf(ConnectionLostError);
    expect(isAbort(connectionProblem(new DOMException('x', 'AbortError')))).toBe(true);
  });
});
