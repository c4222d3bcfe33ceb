import { readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { DataError } from '@munit/core';
import type { AnimalShapes } from '../../animals/drawing.js';
import { partCounts } from '../../animals/types.js';

const packageName = 'animal-avatar-generator';
const remedy = `Install it: npm install ${packageName}@^1.2.0`;

/** The drawings, and the licence that goes where they go. */
export interface LoadedShapes {
  /** What draws each part. */
  readonly shapes: AnimalShapes;
  /** The text of the package's licence (MIT). */
  readonly licence: string;
  /** Of the package. */
  readonly version: string;
}

const relativeImport = /(\bfrom\s*|\bimport\s*)(['"])(\.[^'"]+)\2/g;

/** The file that a relative import without an extension means to bundlers: `./x.js`, or `./x/index.js`. */
async function fileOf(from: string, specifier: string): Promise<string> {
  const path = join(dirname(from), specifier);
  for (const candidate of [path, `${path}.js`, join(path, 'index.js')]) {
    if (await stat(candidate).then((found) => found.isFile(), () => false)) return candidate;
  }
  throw new Error(`${from} imports ${specifier}, which is not there`);
}

/**
 * A module and what it imports as one address. The package's files import each other without file extensions, which Node does not
 * resolve; here each import becomes the `data:` address of the imported text, so that nothing has to be bundled or hooked into Node.
 */
async function addressOf(file: string, known: Map<string, Promise<string>>): Promise<string> {
  const link = async (): Promise<string> => {
    let text = await readFile(file, 'utf8');
    for (const [statement, keyword = '', , specifier = ''] of text.matchAll(relativeImport)) {
      text = text.replace(statement, `${keyword}'${await addressOf(await fileOf(file, specifier), known)}'`);
    }
    return `data:text/javascript;base64,${Buffer.from(text).toString('base64')}`;
  };
  const address = known.get(file) ?? link();
  known.set(file, address);
  return address;
}

const kinds = { faces: 1, patterns: partCounts.patch, ears: partCounts.ears, hairs: partCounts.hair, muzzles: partCounts.muzzle, eyes: partCounts.eyes, brows: partCounts.brows };

function isShapes(module: unknown): module is AnimalShapes {
  return Object.entries(kinds).every(([kind, count]) => {
    const drawings = (module as Partial<Record<string, unknown>>)[kind];
    return Array.isArray(drawings) && drawings.length === count && drawings.every((draw) => typeof draw === 'function');
  });
}

/**
 * Loads the drawings of `animal-avatar-generator`, an optional peer.
 * @throws DataError when it is not installed, or is a version with other drawings
 */
export async function loadAnimalShapes(): Promise<LoadedShapes> {
  let root: string;
  try {
    root = dirname(createRequire(import.meta.url).resolve(`${packageName}/package.json`));
  } catch (cause) {
    throw new DataError(`The animals are drawn by the package ${packageName}, which is not installed.`, { cause, remedy });
  }
  try {
    const [licence, { version }] = await Promise.all([
      readFile(join(root, 'LICENSE'), 'utf8'),
      readFile(join(root, 'package.json'), 'utf8').then((text) => JSON.parse(text) as { readonly version: string }),
    ]);
    const shapes: unknown = await import(/* @vite-ignore */ await addressOf(join(root, 'dist', 'shapes', 'index.js'), new Map()));
    if (!isShapes(shapes)) throw new Error(`version ${version} has other drawings`);
    return { shapes, licence, version };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0]! : String(cause);
    throw new DataError(`The package ${packageName} does not load: ${reason}.`, { cause, remedy });
  }
}
