/** Tensors given one by one to a reader that wants all of them: neither waits for more than one. */
import type { Tensor4D } from '@munit/core';

export interface Feed {
  /** Each is disposed of when the next one is asked for. */
  readonly read: () => AsyncGenerator<Tensor4D, void, undefined>;
  /** Gives a tensor away; settles when the reader can take another. */
  readonly give: (batch: Tensor4D) => Promise<void>;
  /** There are no more. */
  readonly end: () => Promise<void>;
}

export function openFeed(): Feed {
  const { readable, writable } = new TransformStream<Tensor4D, Tensor4D>();
  const writer = writable.getWriter();
  return {
    async *read() {
      const reader = readable.getReader();
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        try {
          yield next.value;
        } finally {
          next.value.dispose();
        }
      }
    },
    give: (batch) => writer.write(batch),
    end: () => writer.close(),
  };
}
