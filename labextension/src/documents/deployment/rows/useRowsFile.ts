// The file of rows that a tab works on, looked into; kept while other tabs are shown.

import { useRegistry } from '../../../components/context';
import { useKept } from '../../../components/kept';
import { useCallback, useRef } from '../../../react';
import { peek, type Peek } from '../../../rows/peek';

export interface RowsFile {
  file?: File;
  /** What was found in it; missing while it is looked into. */
  peek?: Peek;
  error?: unknown;
}

/** The file, and the way to take another; `looked` is called once it was looked into. */
export function useRowsFile(
  name: string,
  looked: (found: Peek) => void
): [RowsFile, (file: File) => void] {
  const { api } = useRegistry();
  const [chosen, setChosen] = useKept<RowsFile>(`${name}.file`, {});
  const latest = useRef(looked);
  latest.current = looked;
  const take = useCallback(
    (file: File) => {
      setChosen({ file });
      const settle = (more: Partial<RowsFile>) =>
        setChosen(now => (now.file === file ? { file, ...more } : now));
      peek(file, api.parquetStart).then(
        found => {
          settle({ peek: found });
          latest.current(found);
        },
        (error: unknown) => settle({ error: readable(error, file) })
      );
    },
    [api, setChosen]
  );
  return [chosen, take];
}

/** Why a file cannot be looked into; the browser's own words do not say it. */
function readable(error: unknown, file: File): unknown {
  return error instanceof DOMException
    ? new Error(`${file.name} cannot be read: it is a folder, or was changed or removed.`)
    : error;
}
