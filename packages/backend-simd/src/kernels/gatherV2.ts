/** GatherV2: slices of a tensor by index, along one axis. */
import { backend_util, util } from '@tensorflow/tfjs-core';
import { bytesPerElement } from '../wasmBuffer.js';
import { type Kernel, kernel, sizeOf } from './define.js';

export const gatherKernels: readonly Kernel[] = [
  kernel<{ axis: number; batchDims?: number }>('GatherV2', (call) => {
    const [x, indices] = [call.input('x'), call.input('indices')];
    if (indices.dtype !== 'int32' || x.dtype === 'string' || x.dtype === 'complex64') return undefined;
    const { backend } = call;
    const [axis = 0] = util.parseAxisParam(call.attrs.axis, x.shape);
    const dim = x.shape[axis] ?? 1;
    for (const index of backend.data.get(indices.dataId).view()) {
      util.assert(index >= 0 && index < dim, () => `GatherV2: the index value ${index} is not in [0, ${dim - 1}]`);
    }
    const { batchSize, outerSize, sliceSize, outputShape } = backend_util.segment_util.collectGatherOpShapeInfo(x, indices, axis, call.attrs.batchDims ?? 0);
    const y = backend.output(outputShape, x.dtype);
    if (sizeOf(outputShape) > 0) {
      call.wasm.gatherSlices(
        backend.pointer(x), backend.pointer(indices), backend.pointer(y), batchSize, outerSize, dim, sizeOf(indices.shape) / batchSize,
        sliceSize * bytesPerElement(x.dtype),
      );
    }
    return y;
  }, { anyType: true }),
];
