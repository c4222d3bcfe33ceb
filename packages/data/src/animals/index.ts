export { type Coat, coats, hexOf } from './coats.js';
export { type AnimalShapes, colourDrawing, type DrawPart, lineDrawing } from './drawing.js';
export { coatMask, coatOf, colourError, colourUnder } from './metrics/coat.js';
export { detailKept, featureMask } from './metrics/detail.js';
export { animalFigures, type AnimalFigures, type AnimalJudgements, type AnimalOutputs, type AnimalPair, type AnimalReference, judgeAnimals, resampledAnimalFigures } from './metrics/report.js';
export { animalSilhouette } from './metrics/silhouette.js';
export { type AnimalSample, type AnimalSetOptions, sampleAnimal } from './sample.js';
export { type AnimalTruth, animalTruth, isAnimalTruth, parseAnimalTruth } from './truth.js';
export { type AnimalContent, type AnimalParts, partCounts, type Pose } from './types.js';
