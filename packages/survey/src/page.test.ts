import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { renderSurveyPage } from './renderPage.js';
import type { SurveyPage } from './types.js';

const page: SurveyPage = { format: 'munit-survey', version: 1, id: 'x', title: '</script><b>', question: '?', instructions: [], questions: [], seats: [[]] };

it('holds its script as src/client has it', () => {
  const script = fileURLToPath(new URL('../scripts/bundleClient.mjs', import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
});

it('is one document whose data cannot end their element', () => {
  const text = renderSurveyPage(page);
  expect(text).toMatch(/^<!doctype html>/);
  expect(text).not.toContain('</script><b>');
  expect(JSON.parse(/id="survey-data">(.*?)<\/script>/s.exec(text)![1]!)).toEqual(page);
});

it('may connect to nothing but the address of the answers', () => {
  expect(renderSurveyPage(page)).toContain("connect-src 'none'");
  expect(renderSurveyPage({ ...page, post: 'https://example.org/a?b=c' })).toContain('connect-src https://example.org;');
});
