/** Choosing an adapter and describing it. */
import { Unavailable } from '../driver.js';
import type { WebGpu } from '../platformTypes.js';
import type { DeviceDetails } from '../types.js';

/** Limits that compute work runs into: asked for as high as the adapter has them (a device gets the specification's low ones otherwise). */
const wantedLimits = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupsPerDimension',
] as const satisfies readonly (keyof GPUSupportedLimits)[];

/** Features that TensorFlow.js's kernels and the measuring of tiles use where they are; our programs need none, and so run in every browser. */
const wantedFeatures = ['timestamp-query', 'bgra8unorm-storage'] as const satisfies readonly GPUFeatureName[];

/**
 * The adapter that WebGPU offers: the preferred one, any, or its software one where there is no other.
 * @throws Unavailable when there is none
 */
export async function requestAdapter({ gpu, noAdapterRemedy }: WebGpu, powerPreference: GPUPowerPreference): Promise<GPUAdapter> {
  // The preference is a hint; a browser that takes it for a condition is asked without it.
  const adapter =
    (await gpu.requestAdapter({ powerPreference })) ?? (await gpu.requestAdapter()) ?? (await gpu.requestAdapter({ forceFallbackAdapter: true }));
  // A browser may have WebGPU and no adapter: a blocked driver, a virtual machine.
  if (adapter === null) throw new Unavailable('WebGPU found no adapter', noAdapterRemedy);
  return adapter;
}

/** What to ask `requestDevice` for. */
export function deviceDescriptor(adapter: GPUAdapter): GPUDeviceDescriptor {
  const requiredLimits: Record<string, number> = {};
  for (const name of wantedLimits) {
    const limit = adapter.limits[name] as number | undefined;
    if (limit !== undefined) requiredLimits[name] = limit;
  }
  return { label: 'munit', requiredLimits, requiredFeatures: wantedFeatures.filter((name) => adapter.features.has(name)) };
}

/** Older browsers say `isFallbackAdapter` on the adapter, newer ones on its info; the oldest have no info. */
type AnyAdapter = Omit<GPUAdapter, 'info'> & { readonly isFallbackAdapter?: boolean; readonly info?: Partial<GPUAdapterInfo> & { readonly isFallbackAdapter?: boolean } };

export interface AdapterNames {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
}

export function namesOf(adapter: AnyAdapter): AdapterNames {
  const { vendor = '', architecture = '', device = '', description = '' } = adapter.info ?? {};
  return { vendor, architecture, device, description };
}

/** Whether the adapter computes on the CPU (SwiftShader, lavapipe, WARP). */
export function isSoftware(adapter: AnyAdapter): boolean {
  if (adapter.info?.isFallbackAdapter === true || adapter.isFallbackAdapter === true) return true;
  const { architecture, device, description } = namesOf(adapter);
  return /swiftshader|llvmpipe|lavapipe|softpipe|basic render|\bwarp\b/i.test(`${architecture} ${device} ${description}`);
}

/** One line, such as `nvidia hopper: NVIDIA H100 80GB HBM3`. */
export function describeAdapter(adapter: AnyAdapter): string {
  const { vendor, architecture, device, description } = namesOf(adapter);
  const kind = [vendor, architecture].filter(Boolean).join(' ') || 'an adapter that does not name itself';
  const more = description || device;
  return more === '' ? kind : `${kind}: ${more}`;
}

export function adapterDetails(adapter: GPUAdapter, runtime: string): DeviceDetails {
  const { vendor, architecture, device, description } = namesOf(adapter);
  return {
    runtime,
    vendor,
    architecture,
    device,
    adapter: description,
    software: isSoftware(adapter),
    maxBufferMiB: Math.floor(adapter.limits.maxBufferSize / 2 ** 20),
    maxBindingMiB: Math.floor(adapter.limits.maxStorageBufferBindingSize / 2 ** 20),
    features: wantedFeatures.filter((name) => adapter.features.has(name)).join(', '),
  };
}
