// CSV as the server reads and writes it: a header, commas, fields in double quotes, UTF-8.

/** What the beginning of a CSV text says. */
export interface CsvStart {
  columns: string[];
  /** The first rows; empty lines are no rows. */
  rows: string[][];
}

/**
 * The header and the first rows of a text; `whole` says that nothing follows it, otherwise a row
 * that is cut off at its end is left out.
 */
export function csvStart(text: string, most: number, whole: boolean): CsvStart {
  const lines: string[][] = [];
  const fields = fieldsOf(text.startsWith('\ufeff') ? text.slice(1) : text);
  for (;;) {
    const next = fields.next();
    if (next.done) {
      if (whole && next.value.some(field => field !== '')) {
        lines.push(next.value);
      }
      break;
    }
    if (next.value.length > 1 || next.value[0] !== '') {
      lines.push(next.value);
    }
    if (lines.length > most) {
      break;
    }
  }
  const [columns = [], ...rows] = lines;
  return { columns, rows: rows.slice(0, most) };
}

/** Each line's fields; what follows the last end of line is returned. */
function* fieldsOf(text: string): Generator<string[], string[]> {
  let line: string[] = [];
  let field = '';
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (quoted) {
      if (sign !== '"') {
        field += sign;
      } else if (text[at + 1] === '"') {
        field += sign;
        at++;
      } else {
        quoted = false;
      }
    } else if (sign === '"' && field === '') {
      quoted = true;
    } else if (sign === ',') {
      line.push(field);
      field = '';
    } else if (sign === '\n' || sign === '\r') {
      if (sign === '\r' && text[at + 1] === '\n') {
        at++;
      }
      yield [...line, field];
      line = [];
      field = '';
    } else {
      field += sign;
    }
  }
  return [...line, field];
}

const [QUOTE, LF, CR] = [0x22, 0x0a, 0x0d];

/** Counts the rows of CSV bytes that come piece by piece; the header and empty lines are none. */
export class RowCounter {
  add(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (byte === QUOTE) {
        this._quoted = !this._quoted;
        this._filled = true;
      } else if ((byte === LF || byte === CR) && !this._quoted) {
        this._end();
      } else {
        this._filled = true;
      }
    }
  }

  /** The rows of all that was added, which ends here. */
  get rows(): number {
    return Math.max(0, this._lines + (this._filled ? 1 : 0) - 1);
  }

  private _end(): void {
    if (this._filled) {
      this._lines++;
      this._filled = false;
    }
  }

  private _lines = 0;
  private _filled = false;
  private _quoted = false;
}
