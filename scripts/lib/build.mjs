import { tool } from './exec.mjs';

/**
 * Builds every package that changed, in the order of their dependencies; turbo replays the rest from its cache.
 * @param {readonly string[]} [only] Folders whose packages (and what they depend on) are enough.
 */
export function build(only = []) {
  const filters = only.map((folder) => `--filter=./${folder}`);
  return tool(
    'turbo',
    [
      'run',
      'build',
      '--output-logs=errors-only',
      '--log-order=grouped',
      '--no-update-notifier',
      '--continue=dependencies-successful',
      ...filters,
    ],
    { minutes: 15 },
  );
}
