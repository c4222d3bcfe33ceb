/** Loads TensorFlow's binding for Node, once per process: the addon that the user built, or a package from npm. */
import { findBackend, type KernelBackend } from '@tensorflow/tfjs-core';
import util from 'node:util';
import { Unavailable } from '../driver.js';
import { importPeer, type NodeProcess } from '../importPeer.js';
import type { Addon, NativeTensorFlow, TensorFlowLoader } from '../platformTypes.js';
import { importUnregistered } from '../registration.js';
import { findAddon } from './addon.js';
import { replaceKernels } from './kernels.js';
import { prepareEnvironment, restoreUtil } from './repairs.js';

type Where = 'gpu' | 'cpu';

/** What the binding's backend tells of itself. */
type NodeBackend = KernelBackend & { readonly isUsingGpuDevice?: boolean; readonly binding?: { readonly TF_Version?: string } };

/** A binding that can be loaded. */
interface Source {
  readonly name: string;
  readonly builtForGpu: boolean;
  /** What to do where it finds no GPU. */
  readonly gpuRemedy: string;
  /** @returns null when it registered no backend */
  load(): Promise<NodeBackend | null>;
}

export function createTensorFlowLoader(node: NodeProcess): TensorFlowLoader {
  let loading: Promise<NativeTensorFlow> | undefined;
  let loaded: NativeTensorFlow | undefined;
  return {
    loaded: () => loaded,
    async load(where, threads) {
      // Two of them in one process clash in their C libraries: a second one is never tried beside a first.
      if (loading !== undefined) return loading;
      loading = loadBinding(node, where, threads);
      try {
        return (loaded = await loading);
      } catch (error) {
        loading = undefined;
        throw error;
      }
    },
  };
}

async function loadBinding(node: NodeProcess, where: Where, threads: number | undefined): Promise<NativeTensorFlow> {
  if (!node.isMainThread) {
    throw new Unavailable(
      "TensorFlow's binding crashes in a second thread of a process, so munit opens it in the main thread only",
      'Open it in the main thread, or in a child process of its own.',
    );
  }
  const source = sourceOf(node, where);
  restoreUtil(util);
  const undo = prepareEnvironment(node.environment, where, threads);
  try {
    const backend = await source.load();
    if (backend === null) {
      throw new Unavailable(
        `${source.name} registered no backend with this copy of @tensorflow/tfjs-core`,
        'Have one version of TensorFlow.js installed (4.22.0): `npm ls @tensorflow/tfjs-core` must show one.',
      );
    }
    replaceKernels();
    return {
      backend,
      source: source.name,
      version: backend.binding?.TF_Version ?? 'unknown',
      usesGpu: backend.isUsingGpuDevice === true,
      builtForGpu: source.builtForGpu,
      gpuRemedy: source.gpuRemedy,
      threads: threads ?? node.cores,
    };
  } finally {
    undo();
  }
}

/** @throws Unavailable when MUNIT_TENSORFLOW_ADDON names no addon */
function sourceOf(node: NodeProcess, where: Where): Source {
  const addon = findAddon(node.environment, node.buildCommand);
  // An addon without a GPU does not stand in the way of a package with one.
  if (addon !== undefined && (where === 'cpu' || addon.gpu)) return fromAddon(node, addon);
  return fromPackage(node, where, addon);
}

function fromAddon(node: NodeProcess, addon: Addon): Source {
  return {
    name: `the addon in ${addon.folder}`,
    builtForGpu: addon.gpu,
    gpuRemedy: addon.gpu ? driverRemedy : `${buildRemedy(node, 'gpu')}.`,
    async load() {
      try {
        return node.loadAddon(addon);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        throw new Unavailable(
          `the addon in ${addon.folder} does not load: ${message.split('\n', 1)[0]}`,
          `Rebuild it: ${buildCommand(node, addon.gpu)} --out ${addon.folder}`,
          error,
        );
      }
    },
  };
}

function fromPackage(node: NodeProcess, where: Where, addon: Addon | undefined): Source {
  const name = where === 'gpu' ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node';
  const lacking = addon === undefined ? 'there is no addon of TensorFlow' : `the addon in ${addon.folder} is for the CPU`;
  return {
    name: `'${name}'`,
    builtForGpu: where === 'gpu',
    gpuRemedy: `This package wants CUDA 11.2 and cuDNN 8.1, and knows no card newer than Ampere. ${buildRemedy(node, 'gpu')}.`,
    load: () =>
      importUnregistered(async () => {
        await importPeer(node, name, { missing: `${lacking}, and the package '${name}' is not installed`, remedy: buildRemedy(node, where) });
        return findBackend('tensorflow') as NodeBackend | null;
      }),
  };
}

const buildCommand = ({ buildCommand: command }: NodeProcess, gpu: boolean): string => (gpu ? `${command} --gpu` : command);

const driverRemedy =
  '`nvidia-smi` must list the card (in a container, start it with --gpus all), and its driver serve CUDA 12 (525.60 or later). `munit doctor` shows what TensorFlow says about it, and which libraries it found.';

const buildRemedy = (node: NodeProcess, where: Where): string =>
  where === 'gpu'
    ? `Build the addon (Linux; an NVIDIA driver, Python with pip, g++): ${buildCommand(node, true)}, or use containers/cuda/Containerfile. \`munit doctor\` says what is missing`
    : `Build the addon (Linux; Python with pip, g++): ${buildCommand(node, false)}`;
