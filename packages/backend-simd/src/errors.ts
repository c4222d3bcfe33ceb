/** What went wrong in the backend, with a remedy in the message. */
export class SimdError extends Error {
  /** `memory`: it does not fit; `load`: WebAssembly or its features are missing; `input`: a kernel, or `registerSimdBackend`, was given what it cannot take. */
  readonly code: 'memory' | 'load' | 'input';

  constructor(code: 'memory' | 'load' | 'input', message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SimdError';
    this.code = code;
  }
}
