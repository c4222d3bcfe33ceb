/** What a table of words holds, by the English one. */
import type { english } from './english/table.js';

/** The shape of a table: the same keys in each language, and the same parameters where a text has some. */
type Table<T> = T extends string ? string : T extends (...values: infer P) => string ? (...values: P) => string : { readonly [K in keyof T]: Table<T[K]> };

/** All texts of a language. */
export type Words = Table<typeof english>;
