export { type ModelServer, serveModel, type ServeModelOptions } from './serveModel.js';
