import { expect, it } from 'vitest';
import { withSiteLinks } from './packages.mjs';

it('a README’s links lead to the pages of the site, and what that does not hold is plain words', () => {
  const readme = '[a](../infer) [b](../core/README.md#x) [c](docs/run-folder.md) [d](../../docs/guide/film.md) [e](src/x.ts) [f](https://example.org) [g](#here) <img src="../../docs/a.webp">';
  expect(withSiteLinks(readme, 'packages/train')).toBe(
    '[a](./infer.md) [b](./core.md#x) [c](./train-run-folder.md) [d](../guide/film.md) e [f](https://example.org) [g](#here) <img src="../a.webp">',
  );
});
