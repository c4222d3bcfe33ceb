/** What a command encoder is given while work is captured, and is given again at each run. */
import { ArgumentError } from '../../../errors/index.js';
import type { Workgroups } from '../../../wgsl/types.js';

/** One command, with all that it names. */
export type Command =
  | { readonly kind: 'dispatch'; readonly pipeline: GPUComputePipeline; readonly bindGroup: GPUBindGroup; readonly workgroups: Workgroups }
  | { readonly kind: 'copy'; readonly from: GPUBuffer; readonly fromOffset: number; readonly to: GPUBuffer; readonly toOffset: number; readonly size: number };

/** A command encoder that notes what it is given, and has nothing for the GPU: as much of one as the backend and munit's programs call. */
export function notingEncoder(commands: Command[]): GPUCommandEncoder {
  const encoder = {
    beginComputePass(descriptor?: GPUComputePassDescriptor) {
      if (descriptor?.timestampWrites !== undefined) throw new ArgumentError('Work cannot be timed while it is captured.', { remedy: 'Time its runs.' });
      return notingPass(commands);
    },
    copyBufferToBuffer(from: GPUBuffer, fromOffset: number, to: GPUBuffer, toOffset: number, size: number) {
      commands.push({ kind: 'copy', from, fromOffset, to, toOffset, size });
    },
    finish: () => undefined,
  };
  return encoder as unknown as GPUCommandEncoder;
}

function notingPass(commands: Command[]) {
  let pipeline: GPUComputePipeline;
  let bindGroup: GPUBindGroup;
  return {
    setPipeline: (given: GPUComputePipeline) => void (pipeline = given),
    setBindGroup: (_: 0, given: GPUBindGroup) => void (bindGroup = given),
    dispatchWorkgroups: (...workgroups: Workgroups) => void commands.push({ kind: 'dispatch', pipeline, bindGroup, workgroups }),
    end: () => undefined,
  };
}

/**
 * Commands of one submission. A GPU that draws the screen too is not to be kept by one of them for long: systems take those that take seconds
 * for broken, and reset the device.
 */
const PER_SUBMISSION = 64;

/** Commands in the parts that they are handed over in. One part at least. */
export function submissions(commands: readonly Command[]): readonly (readonly Command[])[] {
  const count = Math.max(1, Math.ceil(commands.length / PER_SUBMISSION));
  return Array.from({ length: count }, (_, i) => commands.slice(i * PER_SUBMISSION, (i + 1) * PER_SUBMISSION));
}

/** Gives the commands to a real encoder, in their order. */
export function encode(commands: readonly Command[], encoder: GPUCommandEncoder): void {
  let pass: GPUComputePassEncoder | undefined;
  for (const command of commands) {
    if (command.kind === 'copy') {
      pass?.end();
      pass = undefined;
      encoder.copyBufferToBuffer(command.from, command.fromOffset, command.to, command.toOffset, command.size);
      continue;
    }
    pass ??= encoder.beginComputePass();
    pass.setPipeline(command.pipeline);
    pass.setBindGroup(0, command.bindGroup);
    pass.dispatchWorkgroups(...command.workgroups);
  }
  pass?.end();
}
