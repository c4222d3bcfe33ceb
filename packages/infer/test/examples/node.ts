import { loadTranslator } from '@munit/infer/node';

// A model folder, an address, hf:owner/name, or a generator checkpoint of the published PyTorch code.
const translator = await loadTranslator('edges2shoes', {
  onProgress: (progress) => console.debug(progress.kind),
});

// Four random shoes for one drawing. Any size goes in, and the same size comes out.
const pictures = await translator.translate('drawing.png', { styles: 4, seed: 1 });
for (const [i, picture] of pictures.entries()) await picture.save(`shoe_${i}.png`);

// The same drawing in the style of a photo.
const guided = await translator.translate('drawing.png', { example: 'photo.png' });
await guided.save('guided.webp');

// From the first random style to the photo's, in eight steps; the drawing is encoded once.
const [start] = translator.sampleStyles(1, 1);
const end = await translator.styleOf('photo.png');
const steps = await translator.interpolate('drawing.png', { start, end, count: 8 });

// Content and style apart: a slider costs one decode.
const content = await translator.encode('drawing.png');
const shoe = await translator.decode(content, { style: end });
content.dispose();

console.debug(steps.length, shoe.width, shoe.height, shoe.data.length);
translator.dispose();
