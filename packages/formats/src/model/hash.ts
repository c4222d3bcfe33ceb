/** SHA-256 by the platform's own Web Crypto (Node and browsers alike). */
import { ModelSourceError } from '../errors.js';

/**
 * The SHA-256 of bytes, in hexadecimal.
 * @throws ModelSourceError without Web Crypto: on a page over plain HTTP, and in Node before 20
 */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  // Typed as always there, yet absent outside secure contexts, and all of it in Node before 20.
  const subtle = (globalThis.crypto as Crypto | undefined)?.subtle as SubtleCrypto | undefined;
  if (subtle === undefined) {
    throw new ModelSourceError('There is no Web Crypto here, which the integrity check of a model needs.', {
      remedy: 'Serve a page over HTTPS or from localhost, or load with verify: false. In Node, use version 20.19 or later.',
    });
  }
  const digest = new Uint8Array(await subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
