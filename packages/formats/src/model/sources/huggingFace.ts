/** Models on Hugging Face: `hf:owner/name`, `hf:owner/name@revision`, `hf:owner/name/folder`. */
import { ConfigError } from '@munit/core';
import { ModelSourceError } from '../../errors.js';
import { type HttpOptions, httpSource } from './http.js';
import type { FileSource } from './source.js';

/** How files are requested from Hugging Face. */
export interface HuggingFaceOptions extends HttpOptions {
  /** Default https://huggingface.co; a mirror, or a server of one's own. */
  readonly endpoint?: string | undefined;
  /** Branch, tag or commit. Default `main`. */
  readonly revision?: string | undefined;
}

const NAME = /^hf:([\w.-]+\/[\w.-]+)((?:\/[\w.-]+)*)(?:@([\w./-]+))?$/;

/**
 * An endpoint without its final slashes.
 * @throws ConfigError when it is not an address
 */
function parseEndpoint(endpoint: string): string {
  if (!URL.canParse(endpoint) || !/^https?:$/.test(new URL(endpoint).protocol)) {
    throw new ConfigError(`The endpoint '${endpoint}' of Hugging Face is not an address.`, {
      remedy: "Write it with its scheme, such as https://huggingface.co (the option 'endpoint', or the environment variable HF_ENDPOINT).",
    });
  }
  return endpoint.replace(/\/+$/, '');
}

/**
 * @throws ModelSourceError when the name is not of these forms
 * @throws ConfigError when the endpoint is not an http or https address
 */
export function huggingFaceSource(name: string, options: HuggingFaceOptions = {}): FileSource {
  const [, repository, folder, revision] = NAME.exec(name) ?? [];
  if (repository === undefined || name.includes('..')) {
    throw new ModelSourceError(`'${name}' is not the name of a model on Hugging Face.`, {
      remedy: 'Write hf:owner/name, hf:owner/name/folder or hf:owner/name@revision.',
    });
  }
  const endpoint = parseEndpoint(options.endpoint ?? 'https://huggingface.co');
  const at = encodeURIComponent(revision ?? options.revision ?? 'main');
  return { ...httpSource(`${endpoint}/${repository}/resolve/${at}${folder ?? ''}/`, options), where: name };
}
