// npm run audit: known vulnerabilities of what is installed, by the registry's advisories. Not part of `npm test`, which works offline.
import './lib/check-node.mjs';
import { judgeAudit } from './audit/judge.mjs';
import { bootstrap } from './bootstrap.mjs';
import { pnpm } from './lib/pnpm.mjs';
import { fail, say } from './lib/say.mjs';

await bootstrap();
// With advisories it ends with 1, too: what it printed decides.
const { output } = await pnpm(['audit', '--json'], { minutes: 2 });
const { verdict, lines } = judgeAudit(output);
if (verdict === 'failed') fail(lines.join('\n'), '', 'Raise the version in pnpm-workspace.yaml or package.json, or pin the dependency of a dependency in `overrides`, and install.');
say(lines.join('\n'));
// A registry without the service (a mirror, say) says nothing about the packages: that is not a failure, unless it is demanded.
if (verdict === 'unknown' && process.argv.includes('--required')) process.exit(2);
