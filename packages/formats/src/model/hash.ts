/** SHA-256 by the platform's own Web Crypto (Node and browsers alike). */
import { ModelSourceError } from '../errors.js';

/**
 * The SHA-256 of bytes, in hexadecimal.
 * @throws ModelSourceError on a page without Web Crypto (plain HTTP)
 */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  // Typed as always there, yet absent outside secure contexts.
  const subtle = globalThis.crypto.subtle as SubtleCrypto | undefined;
  if (subtle === undefined) {
    throw new ModelSourceError('The page has no Web Crypto, which the integrity check of a model needs.', {
      remedy: 'Serve the page over HTTPS or from localhost, or load with verify: false.',
    });
  }
  const digest = new Uint8Array(await subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
