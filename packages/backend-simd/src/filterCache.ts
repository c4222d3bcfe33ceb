/**
 * Transformed filters, kept while the filter itself lives: weights are used many times between two updates.
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
}

export interface FilterCache {
  /** Room for one form of a filter, in use until `release`. Undefined when there is no room. */
  take(dataId: object, variant: string, bytes: number): TransformedFilter | undefined;
  /** Ends the use of what was taken last. */
  release(): void;
  /** The filter's data is gone or has changed. */
  forget(dataId: object): void;
  /** Frees everything that is not in use. */
  clear(): void;
}

export function createFilterCache(heap: Heap, maxBytes: number): FilterCache {
  /** In order of use: the first is the oldest. */
  const filters = new Map<object, Map<string, Entry>>();
  let used = 0;
  let inUse: object | undefined;

  function forget(dataId: object): void {
    const variants = filters.get(dataId);
    if (!variants) return;
    for (const { address, bytes } of variants.values()) {
      heap.free(address);
      used -= bytes;
    }
    filters.delete(dataId);
  }

  return {
    take(dataId, variant, bytes) {
      const variants = filters.get(dataId) ?? new Map<string, Entry>();
      filters.delete(dataId);
      filters.set(dataId, variants);
      inUse = dataId;
      const found = variants.get(variant);
      if (found) return found;
      for (const oldest of filters.keys()) {
        if (used + bytes <= maxBytes || oldest === dataId) break;
        forget(oldest);
      }
      const address = used + bytes <= maxBytes ? heap.allocate(bytes) : undefined;
      if (address === undefined) return undefined;
      used += bytes;
      const entry: Entry = { address, bytes, ready: false };
      variants.set(variant, entry);
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
