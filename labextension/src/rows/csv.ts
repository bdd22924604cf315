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

const [QUOTE, COMMA, LF, CR] = [0x22, 0x2c, 0x0a, 0x0d];
const BOM = [0xef, 0xbb, 0xbf];

/**
 * Finds the rows of CSV bytes that come piece by piece. The header and empty lines are no rows; as
 * for the server, a quote opens a field at its beginning alone.
 */
export class RowScanner {
  /** Look at the next bytes; `ended` is told where a line ends, in bytes from the beginning. */
  add(bytes: Uint8Array, ended?: (at: number) => void): void {
    for (const byte of bytes) {
      const at = this._at++;
      if (at < BOM.length && byte === BOM[at]) {
        continue;
      }
      if (this._quoted) {
        // a second quote, which follows, opens the field again
        this._quoted = byte !== QUOTE;
        this._closed = !this._quoted;
      } else if (byte === QUOTE && (this._begins || this._closed)) {
        this._quoted = this._filled = true;
        this._begins = this._closed = false;
      } else if (byte === LF || byte === CR) {
        if (this._filled) {
          this._lines++;
        }
        this._filled = this._closed = false;
        this._begins = true;
        ended?.(at + 1);
      } else {
        this._filled = true;
        this._closed = false;
        this._begins = byte === COMMA;
      }
    }
  }

  /** The rows of all that was added, which ends here. */
  get rows(): number {
    return Math.max(0, this._lines + (this._filled ? 1 : 0) - 1);
  }

  private _at = 0;
  private _lines = 0;
  private _filled = false;
  private _quoted = false;
  /** Whether a quote was just closed, and whether a field begins. */
  private _closed = false;
  private _begins = true;
}

/** Some rows of a file, with the header above them. */
export interface CsvPart {
  content: Blob;
  /** The number of its first row, and how many it has. */
  first: number;
  rows: number;
  /** Bytes of the header, and from where to where the file's own bytes are in it. */
  header: number;
  start: number;
  end: number;
}

/** Cut a CSV file at ends of rows into parts of so many bytes at most, one after the other. */
export async function* csvParts(
  file: Blob,
  most: number
): AsyncGenerator<CsvPart, void, undefined> {
  const scanner = new RowScanner();
  const reader = file.stream().getReader();
  let header = 0;
  let start = 0;
  let first = 0;
  /** The last end of a row, and the rows before it. */
  let end = 0;
  let rows = 0;
  const cut = (): CsvPart => {
    const content = new Blob([file.slice(0, header), file.slice(start, end)]);
    const part = { content, first, rows: rows - first, header, start, end };
    [start, first] = [end, rows];
    return part;
  };
  const full: CsvPart[] = [];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        break;
      }
      scanner.add(value, at => {
        if (!header || (at === header + 1 && !scanner.rows)) {
          header = start = end = at; // CR LF ends it twice
          return;
        }
        if (header + at - start > most && end > start) {
          full.push(cut());
        }
        if (header + at - start > most) {
          throw new Error(`Row ${rows} is larger than the server takes at once.`);
        }
        [end, rows] = [at, scanner.rows];
      });
      for (const part of full.splice(0)) {
        yield part;
      }
    }
    [end, rows] = [file.size, scanner.rows];
    if (rows > first || !start) {
      yield cut();
    }
  } finally {
    await reader.cancel();
  }
}

/** The file of one table whose parts each have the header: that of the first one stays. */
export async function joined(parts: readonly Blob[]): Promise<Blob> {
  const bodies = parts.slice(1).map(async part => {
    const scanner = new RowScanner();
    let header: number | undefined;
    scanner.add(new Uint8Array(await part.slice(0, 65_536).arrayBuffer()), at => (header ??= at));
    // the line ends with CR LF, or LF
    const next = new Uint8Array(await part.slice(header, (header ?? 0) + 1).arrayBuffer());
    return part.slice((header ?? part.size) + (next[0] === LF ? 1 : 0));
  });
  return new Blob([...parts.slice(0, 1), ...(await Promise.all(bodies))]);
}
