import { Unavailable } from '../driver.js';
import { createTensorFlowLoader } from './tensorflow.js';
import type { Platform } from './types.js';

/** What the Node platform needs of the process; tests bring their own. */
export interface NodeProcess {
  /** Imports an optional peer by its name. */
  importModule(name: string): Promise<unknown>;
  readonly isMainThread: boolean;
  readonly environment: Record<string, string | undefined>;
}

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
      const { create, globals } = await importPeer<DawnModule>(node, 'webgpu', 'Install it: npm install webgpu@^0.6.2');
      // TensorFlow.js's backend reads GPUBufferUsage and its like as globals.
      Object.assign(globalThis, globals);
      const key = dawnOptions.join(' ');
      const gpu = instances.get(key) ?? create([...dawnOptions]);
      instances.set(key, gpu);
      return { gpu, runtime: 'Dawn', noAdapterRemedy };
    },
    tensorflow: createTensorFlowLoader(node),
  };
}

const noAdapterRemedy =
  "Install the GPU's driver with Vulkan (on Debian also libvulkan1; `vulkaninfo --summary` must list the card). For a software adapter, name its driver in VK_DRIVER_FILES.";

/** An optional peer. @throws Unavailable when it is not installed, or does not load */
export async function importPeer<T>(node: NodeProcess, name: string, remedy: string): Promise<T> {
  try {
    return (await node.importModule(name)) as T;
  } catch (error) {
    if (isMissing(error, name)) throw new Unavailable(`the package '${name}' is not installed`, `${remedy}.`, error);
    const message = error instanceof Error ? error.message : String(error);
    throw new Unavailable(`the package '${name}' is installed but does not load: ${firstLine(message)}`, `${remedy} again, and run \`munit doctor\`.`, error);
  }
}

/** Whether the package itself is absent, and not something that it needs. */
function isMissing(error: unknown, name: string): boolean {
  // Node's words with `import` and with `require`, and those of Vite for an optional peer.
  return error instanceof Error && new RegExp(`^(cannot find (package|module)|could not resolve) ["']${name}["']`, 'i').test(error.message);
}

const firstLine = (text: string): string => (text.split('\n', 1)[0] as string).trim();
