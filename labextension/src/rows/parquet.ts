// What the end of a Parquet file says: its columns and how many rows it has; no data is read.
//
// The footer is a FileMetaData structure in Thrift's compact protocol, followed by its length
// (4 bytes, little endian) and the file's mark. See https://parquet.apache.org/docs/file-format/
// and https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md.

export interface ParquetFooter {
  columns: string[];
  rows: number;
}

const MARK = 'PAR1';

/** Read a file's footer. Throws when it is no Parquet file. */
export async function parquetFooter(file: Blob): Promise<ParquetFooter> {
  const tail = new Uint8Array(await file.slice(-8).arrayBuffer());
  if (tail.length < 8 || text(tail.subarray(4)) !== MARK) {
    throw new Error('The file does not end as a Parquet file does.');
  }
  const length = new DataView(tail.buffer, tail.byteOffset).getUint32(0, true);
  if (length + 12 > file.size) {
    throw new Error('The file is shorter than its end says: it is damaged.');
  }
  const footer = await file.slice(file.size - 8 - length, file.size - 8).arrayBuffer();
  const meta = new Compact(new Uint8Array(footer)).struct();
  // FileMetaData: 2 is the schema, depth first with the root first; 3 the number of rows.
  // SchemaElement: 4 is the name, 5 the number of children.
  const elements = (meta[2] as Struct[] | undefined) ?? [];
  return { columns: topLevel(elements), rows: Number(meta[3] ?? 0) };
}

/** The names of the root's children. */
function topLevel(elements: readonly Struct[]): string[] {
  const names: string[] = [];
  let at = 1;
  const skip = (): void => {
    const children = Number(elements[at++]?.[5] ?? 0);
    for (let child = 0; child < children; child++) {
      skip();
    }
  };
  while (at < elements.length) {
    names.push(text(elements[at][4] as Uint8Array));
    skip();
  }
  return names;
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

type Value = boolean | number | Uint8Array | Value[] | Struct;
/** A structure's fields by their numbers. */
interface Struct {
  [field: number]: Value;
}

/** A reader of Thrift's compact protocol, as far as a Parquet footer needs it. */
class Compact {
  constructor(private readonly _bytes: Uint8Array) {}

  struct(): Struct {
    const found: Struct = {};
    let field = 0;
    for (;;) {
      const head = this._byte();
      if (head === 0) {
        return found;
      }
      const step = head >> 4;
      field = step ? field + step : this._zigzag();
      found[field] = this._value(head & 15);
    }
  }

  private _value(type: number): Value {
    switch (type) {
      case 1:
        return true;
      case 2:
        return false;
      case 3:
        return this._byte();
      case 4:
      case 5:
      case 6:
        return this._zigzag();
      case 7:
        this._at += 8;
        return 0;
      case 8: {
        const length = this._varint();
        this._at += length;
        return this._bytes.subarray(this._at - length, this._at);
      }
      case 9:
      case 10:
        return this._list();
      case 11:
        return this._map();
      case 12:
        return this.struct();
      default:
        throw new Error('The end of the Parquet file is not understood.');
    }
  }

  private _list(): Value[] {
    const head = this._byte();
    const short = head >> 4;
    const length = short === 15 ? this._varint() : short;
    return Array.from({ length: this._possible(length) }, () => this._element(head & 15));
  }

  private _map(): Value[] {
    const length = this._possible(this._varint());
    const kinds = length ? this._byte() : 0;
    return Array.from({ length: 2 * length }, (_, at) =>
      this._element(at % 2 ? kinds & 15 : kinds >> 4)
    );
  }

  /** In lists a boolean has a byte of its own. */
  private _element(type: number): Value {
    return type <= 2 ? this._byte() === 1 : this._value(type);
  }

  private _possible(length: number): number {
    if (length > this._bytes.length) {
      throw new Error('The end of the Parquet file is damaged.');
    }
    return length;
  }

  private _byte(): number {
    if (this._at >= this._bytes.length) {
      throw new Error('The end of the Parquet file is damaged.');
    }
    return this._bytes[this._at++];
  }

  /** Exact to 2^53. */
  private _varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this._byte();
      value += (byte & 127) * scale;
      if (byte < 128) {
        return value;
      }
    }
  }

  private _zigzag(): number {
    const value = this._varint();
    return value % 2 ? -(value + 1) / 2 : value / 2;
  }

  private _at = 0;
}
