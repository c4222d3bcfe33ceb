/** What the registry's answer means. */

/** @typedef {{ module_name: string, severity: string, title: string, url: string, vulnerable_versions: string, findings?: { paths?: string[] }[] }} Advisory */

/** Below these an advisory is reported and stops nothing. */
const serious = ['high', 'critical'];

/**
 * @param {string} output What `pnpm audit --json` printed.
 * @returns {{ verdict: 'passed' | 'failed' | 'unknown', lines: string[] }} `unknown`: the registry did not answer
 */
export function judgeAudit(output) {
  /** @type {{ error?: { message?: string }, advisories?: Record<string, Advisory> } | undefined} */
  let answer;
  try {
    answer = JSON.parse(output.slice(output.indexOf('{')));
  } catch {
    answer = undefined;
  }
  if (answer?.advisories === undefined) {
    return { verdict: 'unknown', lines: [`The registry did not say which packages are vulnerable: ${(answer?.error?.message ?? output).trim().slice(0, 300)}`] };
  }
  const advisories = Object.values(answer.advisories);
  if (advisories.length === 0) return { verdict: 'passed', lines: ['No known vulnerability.'] };
  const lines = advisories.map(
    ({ module_name, severity, title, url, vulnerable_versions, findings = [] }) => `${severity}: ${module_name} ${vulnerable_versions}: ${title} (${url})${findings.flatMap(({ paths = [] }) => paths.slice(0, 3)).map((path) => `\n  by ${path}`).join('')}`,
  );
  return { verdict: advisories.some(({ severity }) => serious.includes(severity)) ? 'failed' : 'passed', lines };
}
