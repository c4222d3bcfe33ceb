import { convertModel, loadTranslator, translateFiles } from '@munit/infer/node';

const translator = await loadTranslator('edges2shoes', { device: 'auto' });

// Everything in a folder, three styles each, and a grid of the first ones. After an interruption it continues where it stopped.
const result = await translateFiles({ translator, inputs: ['drawings'], out: 'shoes', styles: 3, seed: 1, grid: true });
for (const { input, error } of result.failed) console.debug(input, error.message);

// A looping transition between two random styles per drawing.
await translateFiles({ translator, inputs: ['drawings'], out: 'loops', interpolate: { count: 8, format: 'webp' } });
translator.dispose();

// The model in other formats: ONNX graphs, a PyTorch checkpoint, half-precision safetensors.
const { architecture, parameters, files } = await convertModel('edges2shoes', { to: 'onnx', out: 'onnx' });
console.debug(result.translated, architecture.method, parameters, files.length);
