/** Files dropped or pasted anywhere in the page. */
import { filesOf } from '../ui/files.js';
import { notify, notifyError } from '../ui/notices.js';
import { words } from '../words/words.js';

const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;

/** @returns a function that ends the listening */
export function takeDrops(onFiles: (files: File[]) => void, onOver: (over: boolean) => void): () => void {
  const abort = new AbortController();
  const { signal } = abort;
  // Entering a child comes before leaving its parent.
  let depth = 0;
  const enter = (by: number) => (event: DragEvent): void => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    depth = Math.max(0, depth + by);
    onOver(depth > 0);
  };
  const end = (): void => {
    depth = 0;
    onOver(false);
  };
  const take = (transfer: DataTransfer | null): void => {
    if (transfer === null) return;
    // An image of another page comes as an address.
    if (transfer.files.length === 0 && transfer.types.some((type) => type === 'text/uri-list')) return notify(words.peek().page.filesOnly);
    filesOf(transfer).then(onFiles, notifyError);
  };
  document.addEventListener('dragenter', enter(1), { signal });
  document.addEventListener('dragleave', enter(-1), { signal });
  document.addEventListener('dragover', (event) => event.preventDefault(), { signal });
  // Also where a drop zone takes the files for itself.
  document.addEventListener('drop', end, { signal, capture: true });
  document.addEventListener(
    'drop',
    (event) => {
      event.preventDefault();
      take(event.dataTransfer);
    },
    { signal },
  );
  document.addEventListener(
    'paste',
    ({ clipboardData }) => {
      if (clipboardData !== null && clipboardData.files.length > 0) take(clipboardData);
    },
    { signal },
  );
  return () => abort.abort();
}
