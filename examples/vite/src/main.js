import { TranslatorClient } from '@munit/infer/worker';

const [input, button, output, pictures] = ['input', 'button', 'output', '#pictures'].map((name) => document.querySelector(name));

const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
const translator = await TranslatorClient.load(worker, 'model/', {
  onProgress(progress) {
    if (progress.kind === 'download') output.textContent = `Loading the model: ${Math.round(progress.loaded / 1000)} kB`;
  },
});
let drawing = 'drawing.png';

async function show() {
  output.textContent = 'Translating …';
  const translations = await translator.translate(drawing, { styles: 4 });
  pictures.replaceChildren(...translations.map((picture) => picture.toCanvas()));
  output.textContent = `Translated on ${translator.device.description}.`;
}

button.onclick = show;
input.onchange = () => {
  drawing = input.files[0];
  void show();
};
await show();
