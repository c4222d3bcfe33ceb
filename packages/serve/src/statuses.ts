/** Which HTTP status an error has, and what its answer says. */
import { MunitError } from '@munit/core';

/** An answer to a request that was not fulfilled. */
export interface Refusal {
  readonly status: 400 | 404 | 405 | 408 | 413 | 415 | 500 | 503;
  readonly body: { readonly error: string; readonly code: string };
}

/** A refusal that only the server knows of. */
export class HttpError extends Error {
  readonly status: Refusal['status'];
  readonly code: string;

  constructor(status: Refusal['status'], code: string, message: string) {
    super(message);
    this.name = 'HttpError';
    this.status = status;
    this.code = code;
  }
}

/** Errors that are the client's: by their `code`. */
const statuses: Readonly<Record<string, Refusal['status']>> = {
  ARGUMENT: 400,
  SHAPE: 400,
  DATA: 400,
  OUT_OF_MEMORY: 413,
  QUEUE_FULL: 503,
  ABORTED: 503,
};

/** The answer to an error; what is not the client's fault says nothing of the inside of the server. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof HttpError) return { status: error.status, body: { error: error.message, code: error.code } };
  if (error instanceof MunitError && statuses[error.code] !== undefined) return { status: statuses[error.code]!, body: { error: error.message, code: error.code } };
  return { status: 500, body: { error: 'The server failed at this request.', code: 'INTERNAL' } };
}
