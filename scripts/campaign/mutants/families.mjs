/** What is damaged, and who reads it. A family's mutant of a number is always the same. */
import { readFileSync } from 'node:fs';
import { inRoot } from '../../lib/paths.mjs';
import { decoded, imageFormats } from './images.mjs';
import { listFile, runJson, runLogs } from './runs.mjs';
import { mutateJson, mutateText, withHeader } from './text.mjs';

/** @typedef {typeof import('../library.js')} Library @typedef {import('../library.js').Rng} Rng */
/**
 * A kind of file: `make` draws a mutant of one of the `sound` files, `read` gives it to munit. `batch`: how many are read at once.
 * `allowed`: names of files that reading may leave in the family's folder.
 * @typedef {{ sound: readonly Uint8Array[], make: (rng: Rng) => Uint8Array, read: (bytes: Uint8Array, slot: number) => unknown, batch?: number, allowed?: RegExp, close?: () => Promise<void> }} Family
 * @typedef {{ library: Library, folder: string }} Place `folder` is empty and the family's own.
 */

/** @type {Readonly<Record<string, (place: Place) => Family | Promise<Family>>>} */
export const families = {
  'pt-zip': ({ library }) => torch(library, ['torch/values.pt', 'torch/values.protocol4.pt', 'reference/checkpoint_munit/dis_00000005.pt'], true),
  'pt-stream': ({ library }) => torch(library, ['torch/values.legacy.pt', 'torch/evil.legacy.pt', 'reference/checkpoint_unit/dis_00000005.legacy.pt'], false),
  safetensors: async ({ library }) => {
    const files = await library.packModel(library.modelFor(library.tiny));
    const file = bytesOf(files, 'model.safetensors');
    return {
      sound: [file],
      make: tensorFile(library, file, ['architecture']),
      read: (bytes) => {
        // One tensor too: a header may be sound and a tensor not.
        for (const tensor of library.readSafetensors(bytes).tensors.values()) tensor.float32();
        return library.loadModel(bytes);
      },
    };
  },
  'model.json': async ({ library }) => {
    const files = await library.packModel(library.modelFor(library.tiny));
    const weights = bytesOf(files, 'model.safetensors');
    const manifest = bytesOf(files, 'model.json');
    return { sound: [manifest], make: text(library, new TextDecoder().decode(manifest)), read: (bytes) => library.loadModel(new Map([['model.json', bytes], ['model.safetensors', weights]])) };
  },
  checkpoint,
  yaml: ({ library }) => {
    const presets = /** @type {const} */ (['edges', 'faces', 'quick']);
    const configs = [
      ...presets.map((preset) => JSON.stringify(library.resolveConfig({ data_root: 'set' }, preset))),
      ...['munit', 'unit'].map((name) => readFileSync(inRoot(`packages/formats/test-data/reference/checkpoint_${name}/config.yaml`), 'utf8')),
    ];
    const makers = configs.map((config) => (config.startsWith('{') ? text(library, config) : bytes(library, new TextEncoder().encode(config))));
    const sound = configs.map((config) => new TextEncoder().encode(config));
    return { sound, make: (rng) => pick(makers, rng)(rng), read: (file) => library.parseConfig(new TextDecoder().decode(file)) };
  },
  'run.json': runJson,
  logs: runLogs,
  'truth.json': ({ library }) => {
    const truth = JSON.stringify(library.truthOf({ size: 16, seed: 1 }, { train: 2, test: 1 }));
    return { sound: [new TextEncoder().encode(truth)], make: text(library, truth), read: (file) => library.parseTruth(new TextDecoder().decode(file)) };
  },
  list: listFile,
  ...Object.fromEntries(imageFormats.map((format) => [format, decoded(format)])),
};

/** @template T @param {readonly T[]} list @param {Rng} rng */
export const pick = (list, rng) => /** @type {T} */ (list[rng.integer(list.length)]);

/** @param {Library} library @param {Uint8Array} file @returns {Family['make']} */
export const bytes = (library, file) => (rng) => library.mutate(file, () => rng.uniform());

/** @param {Library} library @param {string} json @returns {Family['make']} */
export const text = (library, json) => (rng) => mutateText(json, { parse: JSON.parse, print: JSON.stringify, mutate: library.mutate, rng });

/** @param {ReadonlyMap<string, Uint8Array>} files @param {string} name */
const bytesOf = (files, name) => files.get(name) ?? new Uint8Array();

/** Files of PyTorch. @param {Library} library @param {readonly string[]} names @param {boolean} zipped @returns {Family} */
function torch(library, names, zipped) {
  const files = names.map((name) => /** @type {Uint8Array} */ (new Uint8Array(readFileSync(inRoot('packages/formats/test-data', name)))));
  const model = library.modelFor(library.tiny);
  if (zipped) files.push(library.writeNetworks(model.networks));
  const { pickle: program, storages } = library.pickle(new Map([['w', model.networks.a.get('mlp.model.0.fc.weight') ?? null]]));
  const data = storages[0]?.data ?? new Float32Array();
  return {
    // The others hold values that are no checkpoint, or code.
    sound: files.filter((_, i) => !(names[i] ?? '').startsWith('torch')),
    make: (rng) => (zipped && rng.integer(4) === 0 ? library.mutatePickle(program, new Uint8Array(data.buffer), () => rng.uniform()) : library.mutate(pick(files, rng), () => rng.uniform())),
    read: (file) => {
      // Without its checksums half the time: hardly a damaged zip gets past its first entry otherwise.
      library.recognizeCheckpoint(library.readTorch(file, { verifyChecksums: file.length % 2 === 0 }));
    },
  };
}

/** A tensor file: its bytes, its header, or one of its metadata that hold JSON. @param {Library} library @param {Uint8Array} file @param {readonly string[]} json @returns {Family['make']} */
function tensorFile(library, file, json) {
  return (rng) => {
    const kind = rng.integer(3);
    if (kind === 0) return library.mutate(file, () => rng.uniform());
    return withHeader(file, (header) => {
      if (kind === 1) return text(library, header)(rng);
      /** @type {{ __metadata__: Record<string, unknown> }} */
      const value = JSON.parse(header);
      const key = pick([...json, ...Object.keys(value.__metadata__)], rng);
      const stored = String(value.__metadata__[key] ?? '');
      const isJson = /^[[{]/.test(stored);
      const changed = isJson ? new TextDecoder().decode(text(library, stored)(rng)) : mutateJson(stored, rng);
      value.__metadata__[key] = rng.integer(8) === 0 ? mutateJson(changed, rng) : typeof changed === 'string' ? changed : JSON.stringify(changed);
      return new TextEncoder().encode(JSON.stringify(value));
    });
  };
}

/** A training state with its configuration and its place in the images. @param {Place} place @returns {Promise<Family>} */
async function checkpoint({ library }) {
  await library.openDevice('simd', { threads: 1 });
  const config = library.resolveConfig({ synthetic_count: 4, crop_image_height: 16, crop_image_width: 16, gen: { dim: 1, mlp_dim: 1, style_dim: 1, n_res: 1 }, dis: { dim: 1, n_layer: 1, num_scales: 1 } });
  const networks = library.createNetworks(config);
  const domain = { images: 4, fingerprint: 'f', epoch: 1, position: 2 };
  const state = library.initialState(config, networks);
  const file = await library.encodeCheckpoint(state, config, { version: 1, seed: 0, batches: 6, domains: { a: domain, b: domain } });
  library.disposeState(state);
  return {
    sound: [file],
    make: tensorFile(library, file, ['config', 'data', 'rng', 'step']),
    read: (bytes) => {
      const before = library.memory().numTensors;
      try {
        library.configOfCheckpoint(bytes);
        library.disposeState(library.restoreCheckpoint({ step: 0, bytes }, config, networks).state);
      } catch (error) {
        // A refused file must leave nothing on the device.
        if (library.memory().numTensors === before) throw error;
        throw new RangeError(`${library.memory().numTensors - before} tensors are left.`, { cause: error });
      }
    },
  };
}
