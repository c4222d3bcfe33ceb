export { type LineDrawing, lineDrawingOf, type LineDrawingOptions } from './lineDrawing.js';
