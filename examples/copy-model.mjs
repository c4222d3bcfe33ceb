// node ../copy-model.mjs FOLDER: puts the studio's model of animals into FOLDER/model, and a drawing beside it.
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

const [folder = 'public'] = process.argv.slice(2);
const studio = new URL('../apps/studio/public/', import.meta.url);

mkdirSync(folder, { recursive: true });
cpSync(new URL('models/animals', studio), join(folder, 'model'), { recursive: true });
cpSync(new URL('samples/animal-a0.png', studio), join(folder, 'drawing.png'));
