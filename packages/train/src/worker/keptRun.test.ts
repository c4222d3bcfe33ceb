/** A browser that writes through handles alone (Safari before 26), in memory; the others are tried in a browser. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { keepRun, keptRuns, loadKept, renoteRun } from './keptRun.js';

/** Bytes that a write takes at most. */
let room = Number.POSITIVE_INFINITY;

class FakeFolder {
  readonly kind = 'directory';
  readonly folders = new Map<string, FakeFolder>();
  readonly files = new Map<string, Uint8Array<ArrayBuffer>>();

  async getDirectoryHandle(name: string, { create = false } = {}): Promise<FakeFolder> {
    const found = this.folders.get(name) ?? (create ? new FakeFolder() : undefined);
    if (found === undefined) throw new DOMException(name, 'NotFoundError');
    this.folders.set(name, found);
    return found;
  }

  async getFileHandle(name: string, { create = false } = {}): Promise<object> {
    const { files } = this;
    if (!files.has(name) && !create) throw new DOMException(name, 'NotFoundError');
    if (!files.has(name)) files.set(name, new Uint8Array());
    const access = {
      truncate: (size: number) => void files.set(name, files.get(name)!.slice(0, size)),
      write: (bytes: Uint8Array<ArrayBuffer>) => {
        files.set(name, bytes.slice(0, room));
        return Math.min(room, bytes.length);
      },
      flush: () => undefined,
      close: () => undefined,
    };
    return { getFile: async () => new Blob([files.get(name)!]), createSyncAccessHandle: async () => access };
  }

  async *entries(): AsyncGenerator<[string, FakeFolder]> {
    yield* this.folders;
  }
}

beforeEach(() => {
  const root = new FakeFolder();
  room = Number.POSITIVE_INFINITY;
  vi.stubGlobal('navigator', { storage: { getDirectory: async () => root, estimate: async () => ({ quota: 2e6, usage: 1e6 }) } });
});
afterEach(() => vi.unstubAllGlobals());

it('keeps the earlier checkpoint when the next one is written in part only', async () => {
  const bytes = (value: number): Uint8Array => new Uint8Array(1000).fill(value);
  await keepRun('cats', { step: 10, bytes: bytes(1) }, { name: 'cats' });
  room = 500;
  await expect(keepRun('cats', { step: 20, bytes: bytes(2) }, { name: 'cats' })).rejects.toThrow('the browser has no room');
  expect(await keptRuns()).toMatchObject([{ id: 'cats', step: 10, note: { name: 'cats' } }]);
  expect(await loadKept('cats')).toEqual(bytes(1));
});

it('gives another note to the checkpoint that is being written', async () => {
  const keep = (step: number): Promise<void> => keepRun('cats', { step, bytes: new Uint8Array(step) }, { name: 'cats' });
  await keep(10);
  await Promise.all([keep(20), renoteRun('cats', { name: 'lions' })]);
  expect(await keptRuns()).toMatchObject([{ id: 'cats', step: 20, note: { name: 'lions' } }]);
});
