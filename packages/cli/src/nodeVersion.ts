/** The oldest Node that munit works on: `engines` of the package. */
const oldest = { major: 20, minor: 19 };

/** What to tell somebody whose Node is too old, as `process.versions.node` names it; undefined for one that will do. */
export function refusalOf(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > oldest.major || (major === oldest.major && minor >= oldest.minor)) return undefined;
  return `munit: This is Node ${version}, and munit needs ${oldest.major}.${oldest.minor} or later.\n  Install a current version: https://nodejs.org/.\n`;
}
