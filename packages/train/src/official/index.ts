export { generatorsArchitecture, officialFiles, officialGenerators } from './export.js';
export { fromOfficialGenerators, type OfficialFiles, stateFromOfficial } from './import.js';
