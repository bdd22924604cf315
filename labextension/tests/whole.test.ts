// Whole requests of unstructured models: types, and the look at an answer.
import { describe, expect, it } from 'vitest';

import { endingOf, isContentType, look, typeOfFile } from '../src/rows/whole';

describe('content types', () => {
  it('are those of the file, or bytes', () => {
    expect(typeOfFile(new File(['{}'], 'a.json', { type: 'application/json' }))).toBe(
      'application/json'
    );
    expect(typeOfFile(new File(['?'], 'a'))).toBe('application/octet-stream');
  });

  it('are told from what is none', () => {
    for (const type of ['text/plain', 'text/plain; charset=utf-8', 'image/svg+xml;a="b c"; d=e']) {
      expect(isContentType(type), type).toBe(true);
    }
    for (const type of ['', 'json', 'text/', 'text/plain;', 'text/plain\nX: y', 'a/b c']) {
      expect(isContentType(type), type).toBe(false);
    }
  });

  it('give files their endings', () => {
    expect(
      [
        'text/plain;charset=utf-8',
        'image/svg+xml',
        'image/png',
        'application/octet-stream',
        ''
      ].map(endingOf)
    ).toEqual(['txt', 'svg', 'png', 'bin', 'bin']);
  });
});

describe('a look at an answer', () => {
  it('is its text, in its own characters', async () => {
    const latin = new Blob([new Uint8Array([0xe9])], { type: 'text/plain;charset=iso-8859-1' });
    expect(await look(latin)).toEqual({ kind: 'text', text: 'é', whole: true });
    const json = new Blob(['{"é": 1}'], { type: 'application/ld+json' });
    expect(await look(json)).toEqual({ kind: 'text', text: '{"é": 1}', whole: true });
  });

  it('is the beginning of a long one, cut between characters', async () => {
    const long = new Blob(['x', 'é'.repeat(40_000)], { type: 'text/plain' });
    expect(await look(long)).toEqual({
      kind: 'text',
      text: `x${'é'.repeat(32_767)}`,
      whole: false
    });
  });

  it('shows no bytes', async () => {
    const kinds = await Promise.all(
      [
        new Blob(['\x89PNG'], { type: 'image/png' }),
        new Blob([new Uint8Array([0xff])], { type: 'application/json' }),
        new Blob(['a'], { type: 'text/plain;charset=none-such' }),
        new Blob(['a']),
        new Blob([], { type: 'text/xml' })
      ].map(async answer => (await look(answer)).kind)
    );
    expect(kinds).toEqual(['binary', 'binary', 'binary', 'binary', 'empty']);
  });
});
