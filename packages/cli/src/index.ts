/** The `munit` command as a function, for tests and for programs that bring their own streams. */
export type { Action, Actions, ConvertRequest, EvaluateRequest, InterpolateRequest, TrainRequest, TranslateRequest } from './actions.js';
export { exitCodes } from './exitCodes.js';
export { type CliIo, type OutputStream, processIo } from './io.js';
export { run } from './run.js';
