export { type CanvasContext, type Drawable, encodeCanvas, newCanvas, pixelsOf, sizedCanvas } from './canvas.js';
export { decodeBlob, type DecodeBlobOptions } from './decodeBlob.js';
