// What names, aliases and tags may be, as the server has it; said while they are typed.
import type { TranslationBundle } from '@jupyterlab/translation';

const NAME = /^[A-Za-z0-9_](?:[A-Za-z0-9_ .-]{0,198}[A-Za-z0-9_.-])?$/;
const ALIAS = /^[A-Za-z][A-Za-z0-9_-]{0,99}$/;

/** What is wrong with the name of a model. */
export function nameProblem(name: string, trans: TranslationBundle): string | undefined {
  return NAME.test(name)
    ? undefined
    : trans.__(
        'A name has 1 to 200 letters, digits, spaces, “_”, “-” and “.”, and begins with a letter, a digit or “_”.'
      );
}

export function aliasProblem(alias: string, trans: TranslationBundle): string | undefined {
  return ALIAS.test(alias) && alias !== 'latest'
    ? undefined
    : trans.__(
        'An alias has 1 to 100 letters, digits, “_” and “-”, begins with a letter, and is not “latest”.'
      );
}

/** A tag as it is written, `key: value` or `key`. */
export function readTag(text: string): [key: string, value: string] {
  const at = text.indexOf(':');
  return at < 0 ? [text.trim(), ''] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

export function tagProblem(text: string, trans: TranslationBundle): string | undefined {
  const [key, value] = readTag(text);
  if (!key || key.length > 100) {
    return trans.__('A tag has a key of 1 to 100 characters: write “key” or “key: value”.');
  }
  return value.length > 500 ? trans.__('A tag’s value has at most 500 characters.') : undefined;
}
