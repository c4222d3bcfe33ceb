export { exportOnnx, exportOnnxFiles, type OnnxPart } from './export.js';
