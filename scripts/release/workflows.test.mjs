import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { inRoot } from '../lib/paths.mjs';

/**
 * @typedef {{ uses?: string, run?: string, with?: Record<string, unknown>, env?: Record<string, string> }} Step
 * @typedef {{ 'runs-on': string, 'timeout-minutes': number, needs?: string, permissions?: Record<string, string>, steps: Step[], strategy?: { matrix: Record<string, unknown[]> } }} Job
 * @typedef {{ name: string, on: Record<string, unknown>, permissions: Record<string, string>, jobs: Record<string, Job> }} Workflow
 */

const folder = inRoot('.github', 'workflows');
const workflows = readdirSync(folder).map((file) => ({ file, workflow: /** @type {Workflow} */ (parse(readFileSync(`${folder}/${file}`, 'utf8'))) }));
/** @type {{ scripts: Record<string, string>, devDependencies: Record<string, string> }} */
const root = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));

/** What a step's commands start: scripts of npm, and files. @param {string} command @returns {string[]} */
function unknownCommands(command) {
  return command.split('\n').flatMap((line) => {
    const script = /^npm (?:run )?([\w:]+)/.exec(line)?.[1];
    if (script !== undefined) return script in root.scripts ? [] : [line];
    const playwright = /^npx --yes playwright@(\S+) install/.exec(line)?.[1];
    if (playwright !== undefined) return playwright === root.devDependencies['playwright'] ? [] : [line];
    return existsSync(inRoot(line.split(' ')[0] ?? '')) ? [] : [line];
  });
}

describe.each(workflows)('$file', ({ file, workflow }) => {
  const jobs = Object.entries(workflow.jobs);

  it('is named as its file and grants nothing to all jobs but reading', () => {
    expect(`${workflow.name}.yml`).toBe(file);
    expect(workflow.permissions).toEqual({ contents: 'read' });
  });

  it.each(jobs)('%s starts only what is here, by actions of a fixed version, and ends in time', (_, job) => {
    const steps = job.steps;
    expect(steps.flatMap(({ run }) => (run === undefined ? [] : unknownCommands(run)))).toEqual([]);
    expect(steps.flatMap(({ uses }) => (uses === undefined || /^[\w-]+\/[\w-]+@v\d+$/.test(uses) ? [] : [uses]))).toEqual([]);
    expect(job['timeout-minutes']).toBeLessThanOrEqual(90);
    expect(job.needs === undefined || job.needs in workflow.jobs).toBe(true);
  });

  it('uses every supported line of Node and no other', () => {
    const nodes = jobs.flatMap(([, job]) => [...(job.strategy?.matrix['node'] ?? []), ...job.steps.map((step) => step.with?.['node-version'])]).filter((node) => typeof node === 'number');
    for (const node of nodes) expect([20, 22, 24, 26]).toContain(node);
  });
});

it('a release is published with provenance by what is versioned here', () => {
  const release = workflows.find(({ file }) => file === 'release.yml')?.workflow.jobs['release'];
  expect(release?.permissions).toEqual({ contents: 'write', 'pull-requests': 'write', 'id-token': 'write' });
  const changesets = release?.steps.find(({ uses }) => uses === 'changesets/action@v1');
  expect(changesets?.with).toMatchObject({ version: 'npm run release -- --version', publish: 'npm run release' });
});
