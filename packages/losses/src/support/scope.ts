import { isRecording, type Scalar, tidy } from '@munit/core';

/** Frees what `f` made besides its result; while a gradient is recorded, that belongs to the tape. */
export const scoped = (f: () => Scalar): Scalar => (isRecording() ? f() : tidy(f));
