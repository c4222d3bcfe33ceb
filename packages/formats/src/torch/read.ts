/** Reads what `torch.save` wrote. */
import { ArgumentError, checkOptions } from '@munit/core';
import { TorchFileError } from '../errors.js';
import { DEFAULT_LIMITS, type Limits, torchReadNames, type TorchReadOptions } from './limits.js';
import { isLegacy, readLegacy } from './readLegacy.js';
import { readZip } from './readZip.js';
import type { TorchValue } from './tensor.js';

/** Which of PyTorch's two forms a file has, if any. */
export function torchFormOf(file: Uint8Array): 'zip' | 'stream' | undefined {
  if (file[0] === 0x50 && file[1] === 0x4b && (file[2] === 3 || file[2] === 5)) return 'zip';
  return isLegacy(file) ? 'stream' : undefined;
}

/** What a file that is not PyTorch's seems to be. */
function guess(file: Uint8Array): string {
  const start = new TextDecoder('latin1').decode(file.subarray(0, 512)).trimStart().toLowerCase();
  if (file.length === 0) return 'It is empty.';
  if (start.startsWith('<!doctype') || start.startsWith('<html') || start.startsWith('<?xml')) {
    return 'It is a web page, as a download gives when the link leads to a page.';
  }
  if (start.startsWith('version https://git-lfs')) return 'It is a Git LFS pointer, not the file itself.';
  if (start.startsWith('{')) return 'It looks like JSON.';
  if (file[0] === 0x1f && file[1] === 0x8b) return 'It is packed with gzip.';
  if (file[8] === 0x7b) return 'It looks like safetensors.';
  if (new TextDecoder('latin1').decode(file.subarray(257, 262)) === 'ustar') return 'It is a tar archive, the form of before PyTorch 0.1.10.';
  if (file[0] === 0x80) return 'It is a plain Python pickle.';
  return '';
}

/**
 * Reads a PyTorch file from its bytes: the zip form of today, and the stream form of before 1.6.
 * Nothing in the file is executed: only tensors and plain Python values can come out.
 *
 * Dictionaries become `Map`, lists and tuples arrays, parameters tensors. Values are copies.
 * @throws TorchFileError when the file is not a PyTorch file, is truncated or inconsistent, or holds other Python objects.
 */
export function readTorch(file: Uint8Array, options: TorchReadOptions = {}): TorchValue {
  if (!(file instanceof Uint8Array)) throw new ArgumentError('readTorch takes the bytes of a file as a Uint8Array.');
  checkOptions('readTorch', options, torchReadNames);
  const limits: Limits = { maxBytes: options.maxBytes ?? DEFAULT_LIMITS.maxBytes, verifyChecksums: options.verifyChecksums ?? DEFAULT_LIMITS.verifyChecksums };
  const form = torchFormOf(file);
  if (form === 'zip') return readZip(file, limits);
  if (form === 'stream') return readLegacy(file, limits);
  throw new TorchFileError(`The file is not one that torch.save wrote. ${guess(file)}`.trimEnd(), {
    remedy: 'Give a .pt or .pth file of PyTorch.',
  });
}
