/** Activations that kernels apply to their output: codes of `assembly/conv/activation.ts`. */
export const ACTIVATION = { none: 0, relu: 1, lrelu: 2, tanh: 3, relu6: 4 } as const;

/** Those with a gradient of ours. */
export type Activation = Exclude<keyof typeof ACTIVATION, 'relu6'>;
