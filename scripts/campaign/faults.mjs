/** One file operation of a process that fails, or at which it is killed: by a library that is preloaded (shim.c). */
import { closeSync, openSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { exec } from '../lib/exec.mjs';
import { inRoot } from '../lib/paths.mjs';

/** What happens at the chosen operation; as numbered in shim.c. */
export const modes = { count: 0, killBefore: 1, killAfter: 2, killHalfway: 3, fail: 4 };

/** Linux' numbers. */
export const errors = { ENOSPC: 28, EIO: 5 };

/** Numbers of 8 bytes, then two texts of 1 KiB. */
const fields = /** @type {const} */ (['count', 'at', 'mode', 'error', 'kinds', 'fired', 'logged']);
const textAt = fields.length * 8;
const textBytes = 1024;

/**
 * @typedef {{ at: number, mode: keyof typeof modes, error?: keyof typeof errors }} Fault `at` counts operations from 1
 * @typedef {{ count: number, fired: boolean, operation: string }} Witness
 * @typedef {{ env: Record<string, string>, arm: (folder: string, fault?: Fault) => void, read: () => Witness }} Shim
 */

/**
 * Compiles the library; undefined where that is impossible (no compiler, not Linux).
 * @param {string} folder
 * @returns {Promise<Shim | undefined>}
 */
export async function openShim(folder) {
  if (process.platform !== 'linux') return undefined;
  const library = join(folder, 'shim.so');
  const { code } = await exec('cc', ['-O1', '-shared', '-fPIC', '-o', library, inRoot('scripts/campaign/shim.c'), '-ldl'], { minutes: 1 });
  if (code !== 0) return undefined;
  const control = join(folder, 'control');
  writeFileSync(control, Buffer.alloc(textAt + 2 * textBytes));
  return {
    // Asynchronous file operations by io_uring would pass by the library.
    env: { LD_PRELOAD: library, FAULT_CONTROL: control, UV_USE_IO_URING: '0' },
    arm: (watched, fault) => {
      const bytes = Buffer.alloc(textAt + 2 * textBytes);
      /** @type {Record<string, number>} */
      const values = { at: fault?.at ?? 0, mode: modes[fault?.mode ?? 'count'], error: errors[fault?.error ?? 'EIO'] };
      fields.forEach((field, i) => bytes.writeBigInt64LE(BigInt(values[field] ?? 0), i * 8));
      bytes.write(watched, textAt);
      // In place: a process that is still ending has it mapped.
      const file = openSync(control, 'r+');
      writeSync(file, bytes);
      closeSync(file);
    },
    read: () => {
      const bytes = Buffer.alloc(textAt + 2 * textBytes);
      const file = openSync(control, 'r');
      readSync(file, bytes);
      closeSync(file);
      const operation = bytes.subarray(textAt + textBytes);
      return {
        count: Number(bytes.readBigInt64LE(0)),
        fired: bytes.readBigInt64LE(fields.indexOf('fired') * 8) !== 0n,
        operation: operation.subarray(0, operation.indexOf(0)).toString(),
      };
    },
  };
}
