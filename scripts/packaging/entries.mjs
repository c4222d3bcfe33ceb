/**
 * The entries of a package that JavaScript can import, as a user writes them: `@munit/data`, `@munit/data/node`.
 * @param {import('../lib/workspace.mjs').Manifest} manifest
 */
export function entriesOf({ name, exports = {}, publishConfig }) {
  return Object.entries(publishConfig?.exports ?? exports)
    .filter(([path, target]) => typeof target === 'object' && !path.includes('*'))
    .map(([path]) => (path === '.' ? name : `${name}${path.slice(1)}`));
}
