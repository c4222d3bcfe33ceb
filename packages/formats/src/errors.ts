/** The errors of this package that core does not have. */
import { MunitError, type MunitErrorOptions } from '@munit/core';

/** A PyTorch file is truncated, inconsistent, of an unknown kind, or asks for more than reading weights needs. */
export class TorchFileError extends MunitError {
  override readonly name: string = 'TorchFileError';

  constructor(message: string, options?: MunitErrorOptions) {
    super('CHECKPOINT', message, options);
  }
}

/** A model folder or its source is missing, damaged, or is not a model. */
export class ModelSourceError extends MunitError {
  override readonly name: string = 'ModelSourceError';

  constructor(message: string, options?: MunitErrorOptions) {
    super('CHECKPOINT', message, options);
  }
}
