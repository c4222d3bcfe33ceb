/** Names that no two things share, whatever they are called. */

/** Eight characters: of a billion things that one browser keeps, two would hardly get the same. */
export const uniqueId = (): string => Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => (byte % 36).toString(36)).join('');

/** `name`, or with a number behind it the first one that is not taken. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let i = 2; taken.has(free); i++) free = `${name} ${i}`;
  return free;
}

/** A name and an id as one word, for links: `cat.png~x3f9a2k1`. */
export const withId = (name: string, id: string): string => `${name}~${id}`;

/** The name in such a word; of a word without an id the word itself. */
export const nameIn = (word: string): string => word.replace(/~[0-9a-z]{8,}$/, '');

/** Of the bytes, in 32 hexadecimal digits; undefined where the page is not served securely. */
export async function fingerprint(parts: readonly Blob[]): Promise<string | undefined> {
  if ((globalThis.crypto.subtle as SubtleCrypto | undefined) === undefined) return undefined;
  const digests = await Promise.all(parts.map(async (part) => crypto.subtle.digest('SHA-256', await part.arrayBuffer())));
  const all = await crypto.subtle.digest('SHA-256', await new Blob(digests).arrayBuffer());
  return [...new Uint8Array(all)].slice(0, 16).map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
