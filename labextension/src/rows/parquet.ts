// A look into a Parquet file: the server tells what it says of itself, from pieces of it.
import type { ParquetStart } from '../api/types';

/** What asks the server: the size of the file, which pieces of it are sent, and these. */
export type AskParquet = (size: number, pieces: string, content: Blob) => Promise<ParquetStart>;

type Piece = [start: number, end: number];

/** Bytes at the end that are sent at first. */
const END_BYTES = 65_536;
/** A file of so many bytes is sent whole. */
const SMALL_BYTES = 262_144;
/** The end, a footer that is longer, each column's beginning, more of some. */
const MOST_TURNS = 4;

/** Send the end of a file, then what the server wants of it; never the whole of a large one. */
export async function parquetStart(ask: AskParquet, file: Blob): Promise<ParquetStart> {
  const { size } = file;
  let pieces: Piece[] = [[size > SMALL_BYTES ? size - END_BYTES : 0, size]];
  for (let turn = 1; ; turn++) {
    const content = new Blob(pieces.map(([start, end]) => file.slice(start, end)));
    const found = await ask(size, pieces.map(piece => piece.join('-')).join(), content);
    if (!found.wanted!.length || turn === MOST_TURNS) {
      return found;
    }
    pieces = merged([...pieces, ...(found.wanted as Piece[])]);
  }
}

/** Pieces in their order, those that touch as one: an address has room for some hundred. */
export function merged(pieces: readonly Piece[]): Piece[] {
  const found: Piece[] = [];
  for (const [start, end] of [...pieces].sort(([one], [other]) => one - other)) {
    const last = found[found.length - 1];
    if (last && start <= last[1]) {
      last[1] = Math.max(last[1], end);
    } else {
      found.push([start, end]);
    }
  }
  return found;
}
