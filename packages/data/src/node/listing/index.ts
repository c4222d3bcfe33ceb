export { datasetFromLayout, datasetFromOfficialConfig, datasetFromPairs } from './datasetSpec.js';
export { imageExtensions, listFolder } from './listFolder.js';
export type { FolderListing } from './listFolder.js';
export { readListFile } from './readListFile.js';
export { resolveDomain } from './resolveDomain.js';
export type { DatasetSpec, DomainFiles, DomainSpec, ImageFile } from './types.js';
