// Files and whole folders that were dropped or chosen, with their paths among each other.

/** Folders that tools leave beside a model; they are no part of it. */
const LEFT_BY_TOOLS = new Set(['__pycache__', '.ipynb_checkpoints', '.git']);

export interface Found {
  file: File;
  /** With `/`, from the folder that has them all. */
  path: string;
}

/** What was found, and the paths of hidden files of folders, which are left out. */
export interface Chosen {
  found: Found[];
  hidden: string[];
}

/** What a drop has; folders are walked. Has to be called before the event ends. */
export async function dropped(transfer: DataTransfer): Promise<Chosen> {
  const entries = [...transfer.items]
    .filter(item => item.kind === 'file')
    .map(item => item.webkitGetAsEntry?.() ?? null);
  if (!entries.length || entries.some(entry => !entry)) {
    return fromInput(transfer.files); // a browser, or a test, without entries
  }
  const all: Found[] = [];
  for (const entry of entries) {
    await walk(entry!, '', all);
  }
  return withoutHidden(all);
}

/** What was chosen in an input, of files or of a folder. */
export function fromInput(files: ArrayLike<File>): Chosen {
  return withoutHidden(
    Array.from(files).map(file => ({ file, path: file.webkitRelativePath || file.name }))
  );
}

/** A hidden file that was chosen by itself is wanted; one of a folder is not. */
function withoutHidden(all: Found[]): Chosen {
  const found: Found[] = [];
  const hidden: string[] = [];
  for (const one of all) {
    const parts = one.path.split('/');
    if (parts.some(part => LEFT_BY_TOOLS.has(part))) {
      continue;
    }
    if (parts.length > 1 && parts.some(part => part.startsWith('.'))) {
      hidden.push(one.path);
    } else {
      found.push(one);
    }
  }
  return { found: withoutCommonFolder(found), hidden };
}

/** The paths without the folder that all of them lie in: it is the package itself. */
export function withoutCommonFolder(found: Found[]): Found[] {
  const first = found[0]?.path.split('/', 1)[0];
  const common = found.every(({ path }) => path.startsWith(`${first}/`));
  return common && found.length
    ? found.map(({ file, path }) => ({ file, path: path.slice(first.length + 1) }))
    : found;
}

async function walk(entry: FileSystemEntry, folder: string, found: Found[]): Promise<void> {
  const path = folder + entry.name;
  if (LEFT_BY_TOOLS.has(entry.name)) {
    return;
  }
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject)
    );
    found.push({ file, path });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // a part of the folder at a time, an empty one at the end
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject)
    );
    if (!part.length) {
      return;
    }
    for (const inside of part) {
      await walk(inside, `${path}/`, found);
    }
  }
}
