/** Where reference files lie, and reading them (Node only). */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The copies that come with the repository: a part of the whole set, kept small. */
export const committedReferenceDirectory = fileURLToPath(new URL('../reference', import.meta.url));

/** `MUNIT_REFERENCE_DIR`, or the committed copies. @throws Error when the directory is not there */
export function referenceDirectory(): string {
  const named = process.env['MUNIT_REFERENCE_DIR'];
  const directory = named === undefined || named === '' ? committedReferenceDirectory : named;
  if (!existsSync(directory)) throw new Error(`There is no directory of reference files '${directory}'; set MUNIT_REFERENCE_DIR to one, or to nothing.`);
  return directory;
}

/** Paths of the layer cases and training runs in a directory (`layers.safetensors`, `train_*.safetensors`), by name. */
export function listReferenceFiles(directory = referenceDirectory()): { readonly layers: string | undefined; readonly training: readonly string[] } {
  const names = readdirSync(directory).sort();
  const layers = names.includes('layers.safetensors') ? join(directory, 'layers.safetensors') : undefined;
  return { layers, training: names.filter((name) => /^train_.*\.safetensors$/.test(name)).map((name) => join(directory, name)) };
}

/** Paths of the dumps of metrics in a directory (`metrics.safetensors`, `lpips_real.safetensors`); undefined where one is not there. */
export function listMetricFiles(directory = referenceDirectory()): { readonly metrics: string | undefined; readonly lpips: string | undefined } {
  const found = (name: string): string | undefined => (existsSync(join(directory, name)) ? join(directory, name) : undefined);
  return { metrics: found('metrics.safetensors'), lpips: found('lpips_real.safetensors') };
}

/** The bytes of a file of that directory. */
export function readReferenceFile(name: string, directory = referenceDirectory()): Uint8Array {
  return new Uint8Array(readFileSync(join(directory, name)));
}
