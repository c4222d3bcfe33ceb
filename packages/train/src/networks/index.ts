export { discriminatorArchitectures, generatorArchitectures } from './architecture.js';
export { createModel, type DomainName, type Model, otherDomain, perDomain, sampleStyles } from './model.js';
