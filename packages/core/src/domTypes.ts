/**
 * Types of browsers that declarations name (ours and TensorFlow.js's), for programs whose TypeScript knows no DOM: a server in Node without
 * `skipLibCheck`. Where the DOM is known, they merge with its own and add nothing. `Long` is a type of TensorFlow.js's that its package
 * does not bring.
 */
declare global {
  interface CanvasRenderingContext2D {}
  interface HTMLCanvasElement {
    width: number;
  }
  interface HTMLImageElement {
    width: number;
  }
  interface HTMLSourceElement {}
  interface HTMLVideoElement {
    width: number;
  }
  interface IDBFactory {}
  interface ImageBitmap {
    readonly width: number;
  }
  interface ImageData {
    readonly width: number;
  }
  interface Long {}
  interface OffscreenCanvas {
    width: number;
  }
  interface OffscreenCanvasRenderingContext2D {}
  interface Storage {}
  interface WebGLContextAttributes {}
  interface WebGLTexture {}
}

// Makes the file a module, in which the global scope can be extended.
// oxlint-disable-next-line unicorn/require-module-specifiers
export {};
