import { Unavailable } from '../driver.js';
import { createTensorFlowLoader } from '../tensorflow/loader.js';
import { importPeer, type NodeProcess } from '../importPeer.js';
import type { Platform } from '../platformTypes.js';

/** As much of npm's `webgpu` as is used. */
interface DawnModule {
  readonly create: (options: string[]) => GPU;
  readonly globals: Readonly<Record<string, unknown>>;
}

export function createNodePlatform(node: NodeProcess): Platform {
  // Never let go: Dawn crashes the process when an instance is collected while anything made from it is still there.
  const instances = new Map<string, GPU>();
  return {
    environment: (name) => node.environment[name],
    async gpu(dawnOptions) {
      const { create, globals } = await importPeer<DawnModule>(node, 'webgpu', { remedy: 'Install it: npm install webgpu@^0.6.2' });
      if (node.lacksVulkan?.() === true) throw new Unavailable('this system has no Vulkan loader (libvulkan.so.1)', noAdapterRemedy);
      // TensorFlow.js's backend reads GPUBufferUsage and its like as globals.
      Object.assign(globalThis, globals);
      const key = dawnOptions.join(' ');
      const gpu = instances.get(key) ?? create([...dawnOptions]);
      instances.set(key, gpu);
      return { gpu, runtime: 'Dawn', version: node.versionOf?.('webgpu') ?? '', noAdapterRemedy };
    },
    tensorflow: createTensorFlowLoader(node),
    store: node.store,
  };
}

const noAdapterRemedy =
  "Install the GPU's driver with Vulkan (on Debian also libvulkan1; `vulkaninfo --summary` must list the card). For a software adapter, name its driver in VK_DRIVER_FILES.";
