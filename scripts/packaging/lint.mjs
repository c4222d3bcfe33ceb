import { tool } from '../lib/exec.mjs';

/**
 * publint reads the manifest, attw resolves the types as every kind of consumer would.
 * @param {readonly import('./pack.mjs').Tarball[]} tarballs
 */
export async function lintTarballs(tarballs) {
  const problems = [];
  for (const { name, file } of tarballs) {
    const [publint, attw] = await Promise.all([
      tool('publint', ['run', file, '--strict', '--pack', 'false']),
      tool('attw', [file, '--profile', 'esm-only', '--no-emoji', '--format', 'ascii']),
    ]);
    if (publint.code !== 0) problems.push(`${name}: publint\n${publint.output}`);
    if (attw.code !== 0) problems.push(`${name}: attw\n${attw.output}`);
  }
  return problems;
}
