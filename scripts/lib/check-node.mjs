// Imported first by every entry: says which Node is needed before anything newer than that is parsed.
import { readFileSync } from 'node:fs';

/** @type {{ engines: { node: string } }} */
const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
/** @param {string} version */
const ordinal = (version) => {
  const [major = 0, minor = 0] = version
    .replace(/[^\d.]/g, '')
    .split('.')
    .map(Number);
  return major * 1000 + minor;
};

if (ordinal(process.versions.node) < ordinal(manifest.engines.node)) {
  console.error(
    'munit needs Node ' +
      manifest.engines.node +
      '; this is Node ' +
      process.versions.node +
      ' (' +
      process.execPath +
      ').\n' +
      'Install a newer Node from https://nodejs.org or with your version manager, and run the command again.',
  );
  process.exit(1);
}
