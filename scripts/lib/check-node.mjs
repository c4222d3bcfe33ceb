// Imported first by every entry: says which Node is needed before anything newer than that is parsed.
import { readFileSync } from 'node:fs';

const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
const wanted = manifest.engines.node.replace(/[^\d.]/g, '').split('.').map(Number);
const found = process.versions.node.split('.').map(Number);

if (found[0] < wanted[0] || (found[0] === wanted[0] && found[1] < wanted[1])) {
  console.error(
    'munit needs Node ' + manifest.engines.node + '; this is Node ' + process.versions.node + ' (' + process.execPath + ').\n' +
      'Install a newer Node from https://nodejs.org or with your version manager, and run the command again.',
  );
  process.exit(1);
}
