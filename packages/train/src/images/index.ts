export { contactSheet, type ContactSheetOptions } from './contactSheet.js';
export { composeGrid, type GridOptions } from './grid.js';
export { encodePng } from './png.js';
export { shrinkToWidth } from './shrink.js';
