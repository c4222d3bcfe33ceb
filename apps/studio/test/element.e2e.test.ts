/** The demo page of `<munit-translator>`: the element as a bundler builds it in, with the bundled model. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, it } from 'vitest';
import { shoot } from './support/pictures.js';
import { useStudio } from './support/studio.js';

const studio = useStudio();

it('has translators in one line each, with one worker for their model', async () => {
  const { page, errors, close } = await studio.open({ hash: 'model=none' });
  await page.goto(`${studio.address()}element.html`);
  // Its model is fetched when it comes into sight.
  await page.locator('munit-translator.warm').scrollIntoViewIfNeeded();
  await page.getByText(/^The style of an example, .*: translate: 1 × 64 × 64$/).waitFor();
  await page.getByText(/^Four styles of one drawing: translate: 4 × 64 × 64$/).waitFor();
  expect(page.workers()).toHaveLength(1);
  await page.getByRole('heading', { name: 'Draw a face' }).scrollIntoViewIfNeeded();
  const sheet = page.getByRole('img', { name: /^Paper/ });
  const { x, y, width, height } = (await sheet.boundingBox())!;
  for (let i = 0; i <= 24; i++) {
    await page.mouse.move(x + (0.5 + 0.36 * Math.cos((Math.PI * i) / 12)) * width, y + (0.55 + 0.3 * Math.sin((Math.PI * i) / 12)) * height);
    if (i === 0) await page.mouse.down();
  }
  await page.mouse.up();
  await page.getByText(/^Draw a face: translate: 1 × 64 × 64$/).first().waitFor();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  await shoot(page, 'element-demo');
  expect(errors).toEqual([]);
  await close();
});
