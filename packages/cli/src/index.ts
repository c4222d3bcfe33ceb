/** The `munit` command as a function, for tests and for programs that bring their own streams. */
export type { Action } from './commands/context.js';
export type { ConvertRequest } from './commands/convert.js';
export type { EvaluateRequest } from './evaluation/request.js';
export type { TrainRequest } from './commands/train.js';
export type { InterpolateRequest, TranslateRequest } from './commands/translateRequest.js';
export { exitCodes } from './exitCodes.js';
export { type CliIo, type OutputStream, processIo } from './io.js';
export { type Actions, run } from './run.js';
