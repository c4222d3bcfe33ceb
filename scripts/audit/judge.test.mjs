import { describe, expect, it } from 'vitest';
import { judgeAudit } from './judge.mjs';

/** As the registry answers. @param {string} severity */
const advisory = (severity) => ({ module_name: 'left', severity, title: 'Prototype pollution', url: 'https://github.com/advisories/1', vulnerable_versions: '<2', findings: [{ version: '1.0.0', paths: ['.>a>left'] }] });
/** @param {Record<string, object>} advisories */
const answer = (advisories) => JSON.stringify({ actions: [], advisories, metadata: {} });

describe('an audit', () => {
  it('passes without advisories', () => {
    expect(judgeAudit(answer({}))).toEqual({ verdict: 'passed', lines: ['No known vulnerability.'] });
  });

  it.each([
    ['low', 'passed'],
    ['moderate', 'passed'],
    ['high', 'failed'],
    ['critical', 'failed'],
  ])('with a %s one: %s, and it is named with the way to it', (severity, verdict) => {
    expect(judgeAudit(answer({ 1: advisory(severity) }))).toEqual({
      verdict,
      lines: [`${severity}: left <2: Prototype pollution (https://github.com/advisories/1)\n  by .>a>left`],
    });
  });

  it.each([
    ['a registry without the service', '{ "error": { "code": "ERR_PNPM_AUDIT_BAD_RESPONSE", "message": "responded with 405" } }', 'responded with 405'],
    ['no network', 'request failed, reason: getaddrinfo ENOTFOUND', 'ENOTFOUND'],
    ['a warning before the answer', ` WARN  deprecated\n${answer({})}`, 'No known vulnerability.'],
  ])('says what %s says', (_, output, text) => {
    expect(judgeAudit(output).lines.join()).toContain(text);
    expect(judgeAudit(output).verdict).toBe(text.startsWith('No') ? 'passed' : 'unknown');
  });
});
