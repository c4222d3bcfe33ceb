import { loadTranslator, translateFilm } from '@munit/infer/node';

const translator = await loadTranslator('edges2shoes');

// All frames in one style, with their times and the film's sound; statistics averaged over eight frames, against flicker.
const { translated, sound } = await translateFilm({ translator, input: 'film.mp4', out: 'shoes.mp4', seed: 1, stabilise: 8 });
console.debug(translated, sound);

// Frames of any origin, one after the other.
using film = await translator.film({ example: 'photo.png', stabilise: 8 });
for (const frame of ['drawing.png', 'drawing.png']) {
  const picture = await film.next(frame);
  console.debug(picture.width, picture.height);
}
translator.dispose();
