export { TranslatorClient } from './client.js';
export { type ServeOptions, serveTranslator } from './serve.js';
