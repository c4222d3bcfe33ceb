export { TranslatorClient } from './client.js';
export type { Port } from './protocol.js';
export { type ServeOptions, serveTranslator } from './serve.js';
