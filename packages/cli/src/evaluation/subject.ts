/** What is evaluated: a model with images of both domains, or two folders. */
import { existsSync, statSync } from 'node:fs';
import { type Device, type Domain, otherDomain, type PerDomain, perDomain } from '@munit/core';
import type { ImageSource } from '@munit/data';
import { DecodePool, fileSource, resolveDomain } from '@munit/data/node';
import { hasGenerator } from '@munit/formats';
import type { Size } from '@munit/images';
import { type FilePicture, loadTranslator, modelDigest } from '@munit/infer/node';
import type { Translator } from '@munit/infer';
import { imagesOfRun, readManifest, runPaths } from '@munit/train/node';
import { chooseModel } from '../modelChoice.js';
import { UsageError } from '../errors.js';
import { digestOfFiles, type ImageList, imageList, withoutBroken } from './images.js';
import type { EvaluateRequest } from './request.js';

/** A model, and images to translate and to compare with. */
export interface ModelSubject {
  readonly kind: 'model';
  readonly name: string;
  /** Changes when the model or an image does. */
  readonly label: string;
  readonly translator: Translator<FilePicture>;
  readonly directions: readonly Domain[];
  /** Images to translate, of the domain they are in. */
  readonly inputs: Partial<PerDomain<ImageList>>;
  /** Images to compare with. */
  readonly real: Partial<PerDomain<ImageList>>;
  readonly facts: Readonly<Record<string, string | number | boolean>>;
  /** What was left out. */
  readonly warnings: readonly string[];
  /** Whether it has contents that decode in both domains. */
  readonly reconstructs: boolean;
  /** Whether the truth of the run's images is known: the benchmark, or animals. */
  readonly known: boolean;
  dispose(): Promise<void>;
}

/** Two folders of images. */
export interface FolderSubject {
  readonly kind: 'folders';
  readonly name: string;
  /** Changes when an image does. */
  readonly label: string;
  readonly real: ImageList;
  readonly translations: ImageList;
  readonly facts: Readonly<Record<string, string | number | boolean>>;
  /** What was left out. */
  readonly warnings: readonly string[];
  dispose(): Promise<void>;
}

export type Subject = ModelSubject | FolderSubject;

/** Whether a run folder is meant. */
export const isRun = (given: string): boolean => existsSync(runPaths(given).manifest) && readManifest(runPaths(given)) !== undefined;

const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();

/** Opens what is evaluated. @throws UsageError, DataError and what loading a model throws */
export async function openSubject(request: EvaluateRequest, device: Device): Promise<Subject> {
  const { what } = request;
  if (what.length > 2) throw new UsageError(`munit evaluate takes a model, or two folders (real images, translations), but ${what.length} came.`, 'Give one or two.');
  return what.length === 2 ? openFolders(request) : openModel(request, device);
}

async function openFolders(request: EvaluateRequest): Promise<FolderSubject> {
  const { what, real: most, size, to, checkpoint, a, b } = request;
  const [realPath, fakePath] = what as [string, string];
  for (const path of what) if (!isFolder(path)) throw new UsageError(`${path} is not a folder.`, 'Give two folders: real images, and translations.');
  if (checkpoint !== undefined || a !== undefined || b !== undefined || to === 'a') throw new UsageError('--checkpoint, --to, --a and --b are for models, not for two folders.', 'Leave them out.');
  const pool = new DecodePool({ processes: 1 });
  const open = async (path: string, count: number, remedy?: string): Promise<ImageList> => imageList(await sourceOf(path, pool, size), count, size === undefined ? undefined : { width: size, height: size }, remedy);
  const readable = readableOf(request);
  try {
    const real = await readable.of(await open(realPath, most));
    // Where several translations of each input stand in a row, a gap would shift them.
    const translations = (request.styles ?? 1) > 1 ? await open(fakePath, Infinity, 'Make it again: where --styles says that several translations in a row are of one input, --skip-broken leaves none of them out.') : await readable.of(await open(fakePath, Infinity));
    const facts = { real: realPath, translations: fakePath, realImages: real.names.length, translatedImages: translations.names.length };
    return { kind: 'folders', name: `${fakePath} against ${realPath}`, label: await digestOfFiles([real, translations]), real, translations, facts, warnings: readable.warnings(), dispose: () => pool.dispose() };
  } catch (error) {
    await pool.dispose();
    throw error;
  }
}

/** Lists as the request wants them, and what it leaves out of them. */
function readableOf({ skipBroken }: EvaluateRequest): { of(list: ImageList): Promise<ImageList>; warnings(): string[] } {
  const reasons = new Set<string>();
  return {
    of: async (list) => (skipBroken ? withoutBroken(list, ({ message }) => reasons.add(message)) : list),
    warnings: () => [...reasons].map((reason) => `Left out: ${reason}`),
  };
}

const sourceOf = async (path: string, pool: DecodePool, resize: number | undefined, channels: 1 | 3 = 3): Promise<ImageSource> => fileSource(await resolveDomain(path), { channels, resize: resize ?? null, pool });

interface OpenedImages {
  readonly inputs: Partial<PerDomain<ImageSource>>;
  readonly real: Partial<PerDomain<ImageSource>>;
  readonly crop: Size | undefined;
  /** Whether inputs are test images of the run; undefined of folders, of which only whoever gives them knows. */
  readonly heldOut: boolean | undefined;
  readonly known: boolean;
  dispose(): Promise<void>;
}

async function openModel(request: EvaluateRequest, device: Device): Promise<ModelSubject> {
  const given = request.what[0] as string;
  const choice = await chooseModel(given, request.checkpoint);
  const translator = await loadTranslator(choice.source, { device });
  let opened: OpenedImages | undefined;
  try {
    const own = request.a === undefined && request.b === undefined && isRun(given);
    const images: OpenedImages = own ? await imagesOfRun(given) : await openGiven(request, translator);
    opened = images;
    const readable = readableOf(request);
    const lists = async (sources: Partial<PerDomain<ImageSource>>, most: number): Promise<Partial<PerDomain<ImageList>>> => {
      const found: Partial<Record<Domain, ImageList>> = {};
      for (const [domain, source] of Object.entries(sources)) found[domain as Domain] = await readable.of(imageList(source, most, images.crop));
      return found;
    };
    const directions = directionsOf(request, images, translator);
    const digest = modelDigest(translator);
    const [inputs, real] = [await lists(images.inputs, request.inputs), await lists(images.real, request.real)];
    return {
      kind: 'model',
      name: choice.name,
      label: `${digest ?? choice.name}|${await digestOfFiles([inputs.a, inputs.b, real.a, real.b].filter((list) => list !== undefined))}`,
      translator,
      directions,
      inputs,
      real,
      facts: { model: choice.name, method: translator.architecture.method, ...(images.heldOut === undefined ? {} : { heldOutInputs: images.heldOut }), ...(digest === undefined ? {} : { modelSha256: digest }) },
      warnings: readable.warnings(),
      reconstructs: translator.architecture.method === 'munit' || translator.architecture.method === 'unit',
      known: images.known,
      dispose: async () => {
        translator.dispose();
        await images.dispose();
      },
    };
  } catch (error) {
    translator.dispose();
    await opened?.dispose();
    throw error;
  }
}

async function openGiven({ a, b, what, size }: EvaluateRequest, translator: Translator<FilePicture>): Promise<OpenedImages> {
  if (a === undefined && b === undefined) throw new UsageError(`${what[0]} says nothing of images, so there is nothing to translate.`, 'Give folders of images of both domains: --a and --b.');
  const pool = new DecodePool({ processes: 1 });
  const side = size ?? translator.trainedSize;
  const channels = perDomain((domain) => (translator.architecture.inputDim[domain] === 1 ? 1 : 3));
  try {
    const sources = {
      ...(a === undefined ? {} : { a: await sourceOf(a, pool, side, channels.a) }),
      ...(b === undefined ? {} : { b: await sourceOf(b, pool, side, channels.b) }),
    };
    return { inputs: sources, real: sources, crop: side === undefined ? undefined : { width: side, height: side }, heldOut: undefined, known: false, dispose: () => pool.dispose() };
  } catch (error) {
    await pool.dispose();
    throw error;
  }
}

function directionsOf({ to }: EvaluateRequest, { inputs }: OpenedImages, { architecture }: Translator<FilePicture>): readonly Domain[] {
  const possible = (['b', 'a'] as const).filter((domain) => hasGenerator(architecture, domain) && inputs[otherDomain(domain)] !== undefined);
  const wanted = to === 'both' ? possible : possible.filter((domain) => domain === to);
  if (wanted.length === 0) throw new UsageError(`There are no images that this model translates${to === 'both' ? '' : ` to ${to.toUpperCase()}`}.`, 'Give folders of images of both domains, --a and --b, or another --to.');
  return wanted;
}
