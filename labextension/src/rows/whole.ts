// Whole requests: the type of what is sent to an unstructured model, and a look at its answer.

/** What is known of no file's type. */
const BYTES = 'application/octet-stream';
/** Bytes of an answer that are shown; more are for the download. */
const SHOWN_BYTES = 64 * 2 ** 10;
/** Types beside `text/…` that are text, as the server has them. */
const TEXTS = ['json', 'xml', 'yaml', 'javascript', 'x-ndjson', 'x-www-form-urlencoded'];

/** The type that a file is sent with, unless another is said. */
export function typeOfFile(file: Blob): string {
  return file.type || BYTES;
}

/** Whether it is a type as `Content-Type` has it, maybe with parameters. */
export function isContentType(text: string): boolean {
  return /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+\s*(;\s*[\w-]+\s*=\s*("[^"]*"|[\w:.+-]+)\s*)*$/.test(text);
}

/** A look at an answer: none at all, its text or the beginning of it, or nothing to be read. */
export type Look =
  | { kind: 'empty' }
  | { kind: 'text'; text: string; whole: boolean }
  | { kind: 'binary' };

/** Look at an answer, without reading more of it than is shown. */
export async function look(answer: Blob): Promise<Look> {
  if (!answer.size) {
    return { kind: 'empty' };
  }
  const charset = charsetOf(answer.type);
  if (charset === undefined) {
    return { kind: 'binary' };
  }
  const bytes = await answer.slice(0, SHOWN_BYTES).arrayBuffer();
  const whole = answer.size <= SHOWN_BYTES;
  try {
    // of a beginning the last character may be there in part
    const text = new TextDecoder(charset, { fatal: true }).decode(bytes, { stream: !whole });
    return { kind: 'text', text, whole };
  } catch {
    return { kind: 'binary' }; // other characters than it says, or such as browsers do not know
  }
}

/** How a file with an answer of this type ends: `json`, `png`; `bin` where that is not known. */
export function endingOf(type: string): string {
  const [kind, kinds = ''] = essence(type).split('/');
  // a drawing in XML is a drawing, a package of JSON is JSON
  const name = kind === 'image' ? kinds.split('+')[0] : kinds.split('+').pop()!;
  return name === 'plain' ? 'txt' : /^[a-z0-9]{2,5}$/.test(name) ? name : 'bin';
}

/** The characters of a text, by its type; `undefined` of what is none. */
function charsetOf(type: string): string | undefined {
  const said = /charset\s*=\s*"?([\w:.+-]+)/i.exec(type)?.[1];
  const [kind, name = ''] = essence(type).split('/');
  const isText = kind === 'text' || TEXTS.includes(name.split('+').pop()!);
  return said ?? (isText ? 'utf-8' : undefined);
}

/** A type without its parameters. */
function essence(type: string): string {
  return type.split(';')[0].trim().toLowerCase();
}
