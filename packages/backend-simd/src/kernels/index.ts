/** All kernels that run in wasm. */
import { basicKernels } from './basic.js';
import { binaryKernels } from './binary.js';
import { convKernels } from './conv.js';
import { copyKernels } from './copy.js';
import type { Kernel } from './define.js';
import { matMulKernels } from './matMul.js';
import { normalizeKernels } from './normalize.js';
import { optimizerKernels } from './optimizer.js';
import { poolKernels } from './pool.js';
import { reduceKernels } from './reduce.js';
import { unaryKernels } from './unary.js';

export const kernels: readonly Kernel[] = [
  ...basicKernels, ...unaryKernels, ...binaryKernels, ...copyKernels, ...reduceKernels, ...matMulKernels, ...convKernels,
  ...normalizeKernels, ...poolKernels, ...optimizerKernels,
];
