/** All kernels that run in wasm. */
import { basicKernels } from './basic.js';
import { batchNormKernels } from './batchNorm.js';
import { binaryKernels } from './binary.js';
import { conv2DKernels } from './conv2D.js';
import { copyKernels } from './copy.js';
import type { Kernel } from './define.js';
import { depthwiseKernels } from './depthwise.js';
import { gatherKernels } from './gatherV2.js';
import { matMulKernels } from './matMul.js';
import { normalizeKernels } from './normalize.js';
import { optimizerKernels } from './optimizer.js';
import { paddedConv2DKernels } from './paddedConv2D.js';
import { poolKernels } from './pool.js';
import { reduceKernels } from './reduce.js';
import { softmaxKernels } from './softmax.js';
import { unaryKernels } from './unary.js';

export const kernels: readonly Kernel[] = [
  ...basicKernels, ...unaryKernels, ...binaryKernels, ...copyKernels, ...reduceKernels, ...matMulKernels, ...paddedConv2DKernels, ...conv2DKernels, ...depthwiseKernels,
  ...normalizeKernels, ...batchNormKernels, ...softmaxKernels, ...gatherKernels, ...poolKernels, ...optimizerKernels,
];
