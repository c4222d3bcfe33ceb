export { meanHinge, meanSoftplus } from './adversarial.js';
export { meanAbsoluteDifference, meanSquaredDifference, meanSquaredTo } from './distances.js';
export { dot, mean } from './dot.js';
