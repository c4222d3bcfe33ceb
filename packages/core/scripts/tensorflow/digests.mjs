/** What is downloaded, known by its digest: another file of the same name is refused. */
import { readFileSync } from 'node:fs';

const requirements = readFileSync(new URL('requirements.txt', import.meta.url), 'utf8');

/** By package and version, as npm published them. @type {Readonly<Record<string, string>>} */
export const integrities = {
  '@tensorflow/tfjs-node@4.22.0': 'sha512-uHrXeUlfgkMxTZqHkESSV7zSdKdV0LlsBeblqkuKU9nnfxB1pC6DtoyYVaLxznzZy7WQSegjcohxxCjAf6Dc7w==',
  'node-api-headers@1.9.0': 'sha512-2oNILP4jXwRB4ywnYKjVk1YyJ96n2D4EOVJO6S3oYZ5PtbJrw3Yt9TpAuX3nBLMuzn74rnfGQrv13pS9vC+YiA==',
};

/**
 * A requirement with its digests, in pip's form; undefined for a version whose digests are not known.
 * @param {string} name
 * @param {string} range As in `==2.18.1`.
 * @returns {string | undefined}
 */
export function pinned(name, range) {
  const wanted = `${name}${range}`.replaceAll(' ', '');
  return requirements.replaceAll('\\\n', '').split('\n').find((line) => line.startsWith(`${wanted} `))?.replaceAll(/ +/g, ' ');
}
