// How a changeset becomes a changelog's entry: its own words, without the hash of a commit, and no lines about the other packages of munit, which
// all carry the same version anyway.

/** What changesets calls. @type {{ getReleaseLine: (changeset: { summary: string }) => Promise<string>, getDependencyReleaseLine: () => Promise<string> }} */
module.exports = {
  getReleaseLine: ({ summary }) => {
    const [first = '', ...rest] = summary.trim().split('\n');
    return Promise.resolve([`- ${first}`, ...rest.map((line) => (line.trim() === '' ? '' : `  ${line}`))].join('\n'));
  },
  getDependencyReleaseLine: () => Promise.resolve(''),
};
