/** Translates a film in a process of its own, to be killed: model, film, result. When 30 frames are done, it says so and waits for its end. */
import { loadTranslator, translateFilm } from '../src/node/index.js';

const [model, input, out] = process.argv.slice(2) as [string, string, string];
const translator = await loadTranslator(model, { device: 'simd', threads: 1 });
await translateFilm({
  translator,
  input,
  out,
  onProgress(progress) {
    if (progress.kind !== 'frame' || progress.done < 30) return;
    process.stdout.write('30\n');
    // However late the kill comes, it comes here.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000);
  },
});
translator.dispose();
