/** Kernels of TensorFlow's binding that do not work, or not as everywhere else, in versions of munit's own. */
import { getKernel, greater, type KernelFunc, mul, registerKernel, type Tensor, tidy, unregisterKernel, where } from '@tensorflow/tfjs-core';

/**
 * x > 0 ? x : a x. The binding's own calls methods of tensors that only the whole of TensorFlow.js adds to them, and its formula,
 * max(x, 0) + a (x − |x|) / 2, makes NaN of +∞.
 */
const prelu: KernelFunc = ({ inputs }) => {
  const { x, alpha } = inputs as unknown as { readonly x: Tensor; readonly alpha: Tensor };
  return tidy(() => where(greater(x, 0), x, mul(alpha, x)));
};

/** Puts them in the place of the binding's. */
export function replaceKernels(): void {
  for (const [kernelName, kernelFunc] of Object.entries({ Prelu: prelu })) {
    if (getKernel(kernelName, 'tensorflow') != null) unregisterKernel(kernelName, 'tensorflow');
    registerKernel({ kernelName, backendName: 'tensorflow', kernelFunc });
  }
}
