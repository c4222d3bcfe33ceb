/** Counts what is asked of the GPU, whoever asks: the browser's own classes are watched. */

/** What was asked of the GPU between two looks. */
export interface Counts {
  readonly dispatches: number;
  readonly submits: number;
  /** Sizes of the storage buffers that each dispatch binds, summed: what it moves if it reads or writes each once. */
  readonly bytes: number;
  readonly pipelines: number;
}

/** As much of WebGPU as is watched. */
interface Watched {
  readonly GPUComputePassEncoder: { readonly prototype: { dispatchWorkgroups: Method; setBindGroup: Method; dispatchWorkgroupsIndirect: Method } };
  readonly GPUQueue: { readonly prototype: { submit: Method } };
  readonly GPUDevice: { readonly prototype: { createBindGroup: Method; createComputePipeline: Method; createComputePipelineAsync: Method } };
}
type Method = (...given: unknown[]) => unknown;
interface Binding {
  readonly resource: { readonly buffer?: Buffer; readonly size?: number; readonly offset?: number };
}
interface Buffer {
  readonly size: number;
  readonly usage: number;
}

const storageUsage = 0x80;

export interface Counter {
  reset(): void;
  counts(): Counts;
  /** Whether dispatches are only counted: at sizes that a software adapter would take minutes for. */
  onlyCount: boolean;
}

export function watchGpu(): Counter {
  const { GPUComputePassEncoder: pass, GPUQueue: queue, GPUDevice: device } = globalThis as unknown as Watched;
  let now = { dispatches: 0, submits: 0, bytes: 0, pipelines: 0 };
  const sizes = new WeakMap<object, number>();
  const bound = new WeakMap<object, object>();
  const counter: Counter = { onlyCount: false, reset: () => (now = { dispatches: 0, submits: 0, bytes: 0, pipelines: 0 }), counts: () => ({ ...now }) };

  around(device.prototype, 'createBindGroup', (original, self, given) => {
    const group = original.apply(self, given) as object;
    sizes.set(group, storageBytes((given[0] as { entries: Iterable<Binding> }).entries));
    return group;
  });
  around(pass.prototype, 'setBindGroup', (original, self, given) => {
    bound.set(self, given[1] as object);
    return original.apply(self, given);
  });
  for (const name of ['dispatchWorkgroups', 'dispatchWorkgroupsIndirect'] as const) {
    around(pass.prototype, name, (original, self, given) => {
      now.dispatches += 1;
      now.bytes += sizes.get(bound.get(self) ?? {}) ?? 0;
      return counter.onlyCount ? undefined : original.apply(self, given);
    });
  }
  around(queue.prototype, 'submit', (original, self, given) => {
    now.submits += 1;
    return original.apply(self, given);
  });
  for (const name of ['createComputePipeline', 'createComputePipelineAsync'] as const) {
    around(device.prototype, name, (original, self, given) => {
      now.pipelines += 1;
      return original.apply(self, given);
    });
  }
  return counter;
}

/** Replaces a method by one that is given the original. */
function around<K extends string>(prototype: Record<K, Method>, name: K, replacement: (original: Method, self: object, given: unknown[]) => unknown): void {
  const original = prototype[name];
  prototype[name] = function (this: object, ...given: unknown[]): unknown {
    return replacement(original, this, given);
  };
}

/** Each buffer once: one may be bound to several places. */
function storageBytes(entries: Iterable<Binding>): number {
  const buffers = new Map<Buffer, number>();
  for (const { resource } of entries) {
    // A binding is a buffer with its part, or the buffer itself.
    const buffer = resource.buffer ?? (resource as unknown as Buffer);
    if ((buffer.usage & storageUsage) !== 0) buffers.set(buffer, resource.size ?? buffer.size - (resource.offset ?? 0));
  }
  return [...buffers.values()].reduce((sum, size) => sum + size, 0);
}
