/** An image that can be translated, or give a style. */
import type { Domain } from '@munit/core';

export interface LibraryImage {
  /** In links: of a sample `a3`, of the user's own `file:` and its name. */
  readonly id: string;
  /** Names what it shows: another content has another key. For whatever is made of it and kept. */
  readonly key: string;
  readonly name: string;
  /** Of which domain it is; the user's own may be of either. */
  readonly domain: Domain | undefined;
  readonly read: () => Promise<Blob>;
}
