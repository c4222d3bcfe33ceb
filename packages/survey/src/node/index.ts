export { matchFolders, type MatchedFolders, type MethodFolder } from './match.js';
export { readSurveyAnswers, readSurveyKey } from './readAnswers.js';
export { writeSurvey, type WriteSurveyOptions, type WrittenSurvey } from './writeSurvey.js';
