/** Files that people pick, drop and save. */

export interface PickOptions {
  /** As the attribute of a file input: `image/*`. */
  readonly accept?: string;
  readonly multiple?: boolean;
  /** A whole folder instead of files. */
  readonly folder?: boolean;
  /** Opens the camera on phones. */
  readonly capture?: 'user' | 'environment';
}

/** Asks for files; none when the dialog is closed. */
export function pickFiles({ accept, multiple = false, folder = false, capture }: PickOptions = {}): Promise<File[]> {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = multiple;
  if (accept !== undefined) input.accept = accept;
  if (folder) input.webkitdirectory = true;
  if (capture !== undefined) input.capture = capture;
  return new Promise((resolve) => {
    input.addEventListener('change', () => resolve([...(input.files ?? [])]));
    input.addEventListener('cancel', () => resolve([]));
    input.click();
  });
}

/** All files of a drop or a paste, those of folders too. The transfer is empty after this turn: call it at once. */
export async function filesOf(transfer: DataTransfer): Promise<File[]> {
  const items = [...transfer.items].filter(({ kind }) => kind === 'file');
  // Entries for folders only: in WebKit that of an image which is not a file on disk, as when one is pasted, cannot be read.
  const entries = items.map((item) => {
    const entry = item.webkitGetAsEntry?.();
    return entry?.isDirectory === true ? entry : item.getAsFile();
  });
  const lists = await Promise.all(entries.map(async (entry) => (entry === null ? [] : entry instanceof File ? [entry] : filesIn(entry))));
  return lists.flat();
}

async function filesIn(entry: FileSystemEntry): Promise<File[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    // As files of a picked folder say for themselves.
    Object.defineProperty(file, 'webkitRelativePath', { value: entry.fullPath.replace(/^\//, '') });
    return [file];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const all: FileSystemEntry[] = [];
  // A reader gives a hundred at a time, and nothing at the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) break;
    all.push(...some);
  }
  return (await Promise.all(all.map(filesIn))).flat();
}

/** Saves a file where the browser saves downloads. */
export function saveFile(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** A name without its ending, in letters, digits and hyphens. */
export const fileStem = (name: string): string => name.replace(/\.\w+$/, '').replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-+|-+$/g, '').toLowerCase();
