export { generatorsArchitecture, officialFiles } from './export.js';
export { fromOfficialGenerators, type OfficialFiles, stateFromOfficial } from './import.js';
