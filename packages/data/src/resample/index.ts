export { resizeBilinear } from './resizeBilinear.js';
export { resizeShorterSide, shorterSideSize } from './resizeShorterSide.js';
