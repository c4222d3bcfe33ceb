/** Kernels of TensorFlow's binding that do not work, or not as everywhere else, in versions of munit's own. */
import { add, getKernel, type KernelFunc, maximum, minimum, mul, registerKernel, type Tensor, tidy, unregisterKernel } from '@tensorflow/tfjs-core';

/**
 * max(x, 0) + a · min(x, 0). The binding's own calls methods of tensors that only the whole of TensorFlow.js adds to them, and its
 * formula, a (x − |x|) / 2, makes NaN of +∞.
 */
const prelu: KernelFunc = ({ inputs }) => {
  const { x, alpha } = inputs as unknown as { readonly x: Tensor; readonly alpha: Tensor };
  return tidy(() => add(maximum(x, 0), mul(alpha, minimum(x, 0))));
};

/** Puts them in the place of the binding's. */
export function replaceKernels(): void {
  for (const [kernelName, kernelFunc] of Object.entries({ Prelu: prelu })) {
    if (getKernel(kernelName, 'tensorflow') != null) unregisterKernel(kernelName, 'tensorflow');
    registerKernel({ kernelName, backendName: 'tensorflow', kernelFunc });
  }
}
