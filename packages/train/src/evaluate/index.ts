export { evaluateSynthetic, type SyntheticEvaluationOptions } from './synthetic.js';
