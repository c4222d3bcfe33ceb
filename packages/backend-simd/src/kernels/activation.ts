/** Activations that kernels apply to their output: codes of `assembly/conv/activation.ts`. */
export const ACTIVATION = { none: 0, relu: 1, lrelu: 2, tanh: 3 } as const;

export type Activation = keyof typeof ACTIVATION;
