/**
 * Transformed filters, kept while the filter itself lives: weights are used many times between two updates.
 * One form of each filter at a time: a training step goes forward through all of a network and then back, so that the form of the
 * way forward is not wanted again before the weights change. (Both together took 574 MB instead of 508 in a step at 64×64, width 32.)
 * Holds a bounded amount of memory, least recently used first to go, and gives it back when memory is short.
 */
import type { Heap } from './runtime/heap.js';

export interface TransformedFilter {
  readonly address: number;
  /** Whether the numbers are there; who takes an entry that is not ready fills it and says so. */
  ready: boolean;
}

interface Entry extends TransformedFilter {
  readonly bytes: number;
  readonly form: string;
}

export interface FilterCache {
  /** Room for one form of a filter, in use until `release`; its other form goes. Undefined when there is no room. */
  take(dataId: object, form: string, bytes: number): TransformedFilter | undefined;
  /** Ends the use of what was taken last. */
  release(): void;
  /** The filter's data is gone or has changed. */
  forget(dataId: object): void;
  /** Frees everything that is not in use. */
  clear(): void;
}

export function createFilterCache(heap: Heap, maxBytes: number): FilterCache {
  /** In order of use: the first is the oldest. */
  const filters = new Map<object, Entry>();
  let used = 0;
  let inUse: object | undefined;

  function forget(dataId: object): void {
    const entry = filters.get(dataId);
    if (!entry) return;
    heap.free(entry.address);
    used -= entry.bytes;
    filters.delete(dataId);
  }

  return {
    take(dataId, form, bytes) {
      inUse = dataId;
      const found = filters.get(dataId);
      if (found?.form === form) {
        filters.delete(dataId);
        filters.set(dataId, found);
        return found;
      }
      forget(dataId);
      for (const oldest of filters.keys()) {
        if (used + bytes <= maxBytes) break;
        forget(oldest);
      }
      const address = used + bytes <= maxBytes ? heap.allocate(bytes) : undefined;
      if (address === undefined) return undefined;
      used += bytes;
      const entry: Entry = { address, bytes, form, ready: false };
      filters.set(dataId, entry);
      return entry;
    },
    release() {
      inUse = undefined;
    },
    forget,
    clear() {
      for (const dataId of filters.keys()) if (dataId !== inUse) forget(dataId);
    },
  };
}
