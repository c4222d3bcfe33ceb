import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findChromium, requiredDevices } from '../lib/devices.mjs';
import { tool } from '../lib/exec.mjs';
import { cache } from '../lib/paths.mjs';

/** @typedef {import('./checks.mjs').StageResult} StageResult */

/** @param {readonly string[]} filters Parts of the names of test files; all where there is none. */
export const nodeStage = (filters) => vitest('node', filters);

/** @param {readonly string[]} filters */
export const browserStage = (filters) => inChromium('browser', filters);

/** The built app, driven as a user would. @param {readonly string[]} filters */
export const studioStage = (filters) => inChromium('studio', filters);

/** @param {'browser' | 'studio'} project @param {readonly string[]} filters @returns {Promise<StageResult>} */
async function inChromium(project, filters) {
  if (findChromium() !== undefined) return vitest(project, filters);
  const missing =
    'No Chromium was found, so the tests in a real browser cannot run. Install one (Debian: apt-get install chromium), ' +
    'or name it: MUNIT_CHROMIUM=/path/to/chromium npm test';
  if (requiredDevices().includes('webgpu-browser'))
    return { ok: false, output: `${missing}\nMUNIT_REQUIRE_DEVICES asks for webgpu-browser.` };
  return { ok: true, skipped: true, output: missing, note: 'SKIPPED: no Chromium' };
}

/** @param {'node' | 'browser' | 'studio'} project @param {readonly string[]} filters @returns {Promise<StageResult>} */
async function vitest(project, filters) {
  const folder = join(cache, 'test');
  const report = join(folder, `${project}.json`);
  mkdirSync(folder, { recursive: true });
  rmSync(report, { force: true });
  const { code } = await tool(
    'vitest',
    ['run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...filters],
    { stream: true, minutes: 20 },
  );
  const counts = existsSync(report) ? count(readFileSync(report, 'utf8')) : { passed: 0, failed: 1, skipped: 0 };
  // A run that ends badly without a failed test (a crash, an unhandled rejection) is still a failure.
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  const { passed, failed, skipped } = counts;
  const note = [
    `${passed} passed`,
    ...(failed ? [`${failed} failed`] : []),
    ...(skipped ? [`${skipped} skipped`] : []),
  ].join(', ');
  return { ok: code === 0, note, counts };
}

/** @param {string} json Vitest's report; a file that failed before its first test counts as one failed test. */
function count(json) {
  /** @type {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number, testResults: { status: string, assertionResults: { status: string }[] }[] }} */
  const report = JSON.parse(json);
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((one) => one.status === 'failed'),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}
