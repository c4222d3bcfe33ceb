/** Translates a film in a process of its own, to be killed: model, film, result. Each frame's number is a line of stdout. */
import { loadTranslator, translateFilm } from '../src/node/index.js';

const [model, input, out] = process.argv.slice(2) as [string, string, string];
const translator = await loadTranslator(model, { device: 'simd', threads: 1 });
await translateFilm({ translator, input, out, onProgress: (progress) => void (progress.kind === 'frame' && process.stdout.write(`${progress.done}\n`)) });
translator.dispose();
