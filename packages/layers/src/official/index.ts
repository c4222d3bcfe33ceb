export { discriminatorArchitecture, generatorArchitecture, unitGeneratorArchitecture } from './architecture.js';
export { layerFromCase, type LayerFromCase } from './cases.js';
export { type OfficialBuffer, officialEntries, type OfficialEntry, type OfficialLayer, type OfficialParameter } from './entries.js';
export {
  fromOfficialActivation,
  fromOfficialLayout,
  type Layout,
  officialShape,
  type OfficialTensor,
  toOfficialActivation,
  toOfficialLayout,
} from './layout.js';
export {
  countParameters,
  fromOfficial,
  fromOfficialArrays,
  type FromOfficialArraysOptions,
  type FromOfficialOptions,
  officialParameters,
  toOfficial,
  toOfficialArrays,
} from './map.js';
