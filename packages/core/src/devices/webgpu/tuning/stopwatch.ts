/** Times dispatches on buffers of their own. */
import { DeviceError, OutOfMemoryError } from '../../../errors/index.js';
import type { Dispatch } from '../../../wgsl/tiledProduct/product.js';
import { type Program, sizeOf, type Uniform } from '../../../wgsl/types.js';
import type { ErrorWatch } from '../errors.js';
import type { Loss } from '../loss.js';
import { type CreateBuffer, createTimer, type Timer } from './timer.js';
import type { Stopwatch } from './tuner.js';

/** Passes that are counted, of each dispatch, in turns: the least is taken. One has to do where the time is up: what is begun counts. */
const mostRounds = 3;
const mostRepeats = 256;

interface Prepared {
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  readonly workgroups: Dispatch['workgroups'];
}

export function createStopwatch(device: GPUDevice, loss: Loss, errors: ErrorWatch, now = (): number => performance.now()): Stopwatch {
  /** One pass of a dispatch, in milliseconds per repeat. */
  const pass = async (timer: Timer, { pipeline, bindGroup, workgroups }: Prepared, repeats: number): Promise<number> => {
    const encoder = device.createCommandEncoder();
    const computePass = encoder.beginComputePass(timer.pass);
    computePass.setPipeline(pipeline);
    computePass.setBindGroup(0, bindGroup);
    for (let i = 0; i < repeats; i++) computePass.dispatchWorkgroups(...workgroups);
    computePass.end();
    return (await timer.submit(encoder)) / repeats;
  };

  /** As `pass`, and waits for the verdict on it. What is abandoned here fails unheard. */
  const checkedPass = async (timer: Timer, one: Prepared): Promise<number> => {
    const begin = (): { readonly time: Promise<number> } => {
      const time = pass(timer, one, 1);
      time.catch(nothing);
      return { time };
    };
    const { time } = await errors.scope('measuring tiles', begin, nothing);
    return time;
  };

  const run = async (timer: Timer, prepared: readonly Prepared[], deadline: number): Promise<readonly number[] | undefined> => {
    // The first run of each also fills caches: it only says how much is to come.
    const first: number[] = [];
    for (const one of prepared) first.push(await checkedPass(timer, one));
    const repeats = Math.max(1, Math.min(mostRepeats, Math.ceil(timer.leastPass / Math.min(...first))));
    const least = prepared.map(() => Infinity);
    for (let round = 0; round < mostRounds; round++) {
      if (round > 0 && now() > deadline) break;
      for (const [at, one] of prepared.entries()) {
        const time = await pass(timer, one, repeats);
        // Counters of GPUs start over now and then; where they stand still there is nothing to compare.
        if (time > 0) least[at] = Math.min(least[at] as number, time);
      }
    }
    return least.every(Number.isFinite) ? least : undefined;
  };

  return {
    now,
    async time(dispatches, deadline) {
      const buffers: GPUBuffer[] = [];
      const create: CreateBuffer = (size, usage) => {
        const buffer = device.createBuffer({ size, usage });
        buffers.push(buffer);
        return buffer;
      };
      const timer = createTimer(device, loss, create);
      try {
        const begin = (): { readonly building: Promise<PromiseSettledResult<GPUComputePipeline>[]> } => ({ building: Promise.allSettled(dispatches.map(({ program }) => build(device, program))) });
        const { building } = await errors.scope('measuring tiles', begin, nothing);
        const pipelines = (await building).flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
        if (pipelines.length < dispatches.length) return undefined;
        const prepared = await errors.scope('measuring tiles', () => prepare(device, dispatches, pipelines, create), nothing);
        return await run(timer, prepared, deadline);
      } catch (error) {
        // Too large for this device, or refused by it: then the tile by size stays.
        if (error instanceof DeviceError || error instanceof OutOfMemoryError) return undefined;
        throw error;
      } finally {
        timer.dispose();
        for (const buffer of buffers) buffer.destroy();
      }
    },
  };
}

const nothing = (): void => undefined;

function build(device: GPUDevice, { key, code }: Program): Promise<GPUComputePipeline> {
  const module = device.createShaderModule({ code: code(), label: key });
  return device.createComputePipelineAsync({ compute: { module, entryPoint: 'main' }, label: key, layout: 'auto' });
}

/** The dispatches on tensors that they share, each as large as the largest needs it. */
function prepare(device: GPUDevice, dispatches: readonly Dispatch[], pipelines: readonly GPUComputePipeline[], create: CreateBuffer): readonly Prepared[] {
  const bindings = dispatches[0]?.shapes.length ?? 0;
  const tensors = Array.from({ length: bindings }, (_, at) => {
    const values = Math.max(...dispatches.map(({ shapes }) => sizeOf(shapes[at] ?? [])));
    return create(bytesOf(values), GPUBufferUsage.STORAGE);
  });
  return dispatches.map(({ uniforms, workgroups }, at) => {
    const pipeline = pipelines[at] as GPUComputePipeline;
    const sizes = create(bytesOf(uniforms.length), GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST);
    device.queue.writeBuffer(sizes, 0, packed(uniforms));
    const entries = [...tensors, sizes].map((buffer, binding) => ({ binding, resource: { buffer } }));
    return { pipeline, bindGroup: device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }), workgroups };
  });
}

/** Of 4-byte values, in whole vectors. */
const bytesOf = (values: number): number => Math.ceil(values / 4) * 16;

function packed(uniforms: readonly Uniform[]): ArrayBuffer {
  const bytes = new DataView(new ArrayBuffer(4 * uniforms.length));
  for (const [at, value] of uniforms.entries()) {
    if (typeof value === 'number') bytes.setInt32(4 * at, value, true);
    else bytes.setFloat32(4 * at, value.float, true);
  }
  return bytes.buffer;
}
