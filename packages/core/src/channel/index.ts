// The entry `@munit/core/channel`: without TensorFlow.js, for threads and processes that need no tensors.
export {
  type ArgsOf,
  type CallContext,
  type CallOptions,
  Channel,
  type ChannelOptions,
  type Handlers,
  type ProgressOf,
  type ResultOf,
  serveChannel,
  type ServeChannelOptions,
  type ServedChannel,
} from './channel.js';
export { decodeError, encodeError, type EncodedError, type ErrorClass, type ErrorClasses } from './errors.js';
export type { ChannelEnd } from './ports.js';
export { endWith, retire, type WorkerEnd } from './retire.js';
