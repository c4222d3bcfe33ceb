// Who may import whom. The table is the design of the workspace: an edge that is not in it is an error.

/** What each package may import of ours. A test may import @munit/core and @munit/testing besides. */
const edges = {
  // Only its devices, which bind the default backend: see the rule `backend-simd-only-in-devices`.
  'packages/core': ['packages/backend-simd'],
  'packages/backend-simd': [],
  'packages/layers': ['packages/core'],
  'packages/losses': ['packages/core'],
  'packages/images': ['packages/core'],
  'packages/data': ['packages/core', 'packages/images'],
  'packages/formats': ['packages/core', 'packages/layers'],
  'packages/train': ['packages/core', 'packages/images', 'packages/layers', 'packages/losses', 'packages/data', 'packages/formats', 'packages/metrics'],
  // Its script alone, which packs the data.
  'packages/lpips-weights': ['packages/core', 'packages/formats'],
  'packages/metrics': ['packages/core', 'packages/images', 'packages/layers', 'packages/formats', 'packages/lpips-weights'],
  'packages/survey': ['packages/core', 'packages/images', 'packages/formats', 'packages/metrics'],
  'packages/serve': ['packages/core', 'packages/images', 'packages/infer'],
  'packages/infer': ['packages/core', 'packages/images', 'packages/layers', 'packages/formats'],
  'packages/element': ['packages/core', 'packages/images', 'packages/infer'],
  'packages/cli': ['packages/core', 'packages/images', 'packages/train', 'packages/infer', 'packages/data', 'packages/formats', 'packages/metrics', 'packages/lpips-weights', 'packages/serve', 'packages/survey'],
  'packages/testing': [],
  // Core for the errors that it shows; data for drawings of photographs and its sample images, formats for what it exports, element for the demo page.
  'apps/studio': ['packages/infer', 'packages/element', 'packages/train', 'packages/core', 'packages/images', 'packages/data', 'packages/formats'],
  // Core for the errors that it shows and the names of devices; data for the animals.
  'apps/quickstart': ['packages/train', 'packages/infer', 'packages/core', 'packages/data'],
  // The judge of the networks reads all that it judges, and the reader of reference files.
  'apps/parity': ['core', 'images', 'layers', 'losses', 'metrics', 'data', 'formats', 'train', 'testing'].map((name) => `packages/${name}`),
};

/** Tests, and the folders of their helpers. */
const tests = ['\\.test\\.ts$', '^(packages|apps)/[^/]+/test/', '^(packages|apps)/[^/]+/src/testing/'];
const tensorflow = '@tensorflow/';
const anywhereOfOurs = '^(packages|apps)/[^/]+/|^bench/';

/** @param {readonly string[]} folders */
const inside = (folders) => `^(${folders.join('|')})/`;

const directions = Object.entries(edges).map(([folder, allowed]) => ({
  name: `imports-of-${folder.replace('/', '-')}`,
  comment: `${folder} may import ${allowed.length === 0 ? 'nothing of ours' : allowed.join(', ')}.`,
  severity: 'error',
  from: { path: inside([folder]), pathNot: tests },
  to: { path: anywhereOfOurs, pathNot: inside([folder, ...allowed]) },
}));

const directionsOfTests = Object.entries(edges).map(([folder, allowed]) => ({
  name: `imports-of-tests-of-${folder.replace('/', '-')}`,
  comment: `A test of ${folder} may import what ${folder} may, and @munit/core and @munit/testing.`,
  severity: 'error',
  from: { path: [`^${folder}/.*\\.test\\.ts$`, `^${folder}/test/`, `^${folder}/src/testing/`] },
  to: { path: anywhereOfOurs, pathNot: inside([folder, ...allowed, 'packages/core', 'packages/testing']) },
}));

export default {
  forbidden: [
    ...directions,
    ...directionsOfTests,
    {
      name: 'every-package-is-in-the-table',
      comment: 'A package that the table above does not know: say there what it may import.',
      severity: 'error',
      from: { path: anywhereOfOurs, pathNot: inside([...Object.keys(edges), 'bench']) },
      to: {},
    },
    {
      name: 'no-cycle',
      comment: 'Modules that import each other cannot be understood, tested or loaded one at a time.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'tensorflow-only-in-core-and-backend-simd',
      comment: 'TensorFlow.js stays behind one seam: take what you need from @munit/core.',
      severity: 'error',
      // The bench measures TensorFlow.js itself, as a peer.
      from: { pathNot: inside(['packages/core', 'packages/backend-simd', 'bench/src/tfjs']) },
      to: { path: tensorflow },
    },
    {
      name: 'tensorflow-in-core-only-in-the-seam',
      comment: 'Within core, only src/tfjs.ts and src/devices name TensorFlow.js.',
      severity: 'error',
      from: {
        path: '^packages/core/src/',
        pathNot: ['^packages/core/src/tfjs\\.ts$', '^packages/core/src/devices/', ...tests],
      },
      to: { path: tensorflow },
    },
    {
      name: 'backend-simd-only-in-devices',
      comment: 'A backend is bound in one place: @munit/core’s devices.',
      severity: 'error',
      from: { pathNot: inside(['packages/core/src/devices', 'packages/backend-simd', 'bench']) },
      to: { path: inside(['packages/backend-simd']) },
    },
    {
      name: 'nothing-imports-an-app',
      comment: 'An app is an end of the graph.',
      severity: 'error',
      from: { pathNot: '^apps/' },
      to: { path: '^apps/' },
    },
    {
      name: 'nothing-imports-the-bench',
      severity: 'error',
      from: { pathNot: '^bench/' },
      to: { path: '^bench/' },
    },
    {
      name: 'testing-only-from-tests',
      comment: 'What is published must not need the test harness.',
      severity: 'error',
      from: { pathNot: [...tests, '^packages/testing/', '^apps/parity/', '^bench/'] },
      to: { path: '^packages/testing/' },
    },
    {
      name: 'no-test-imported',
      comment: 'A test is nobody’s dependency.',
      severity: 'error',
      from: {},
      to: { path: '\\.test\\.ts$' },
    },
    {
      name: 'every-import-resolves',
      comment: 'The import names nothing that is installed or written.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'source-imports-what-its-package-declares',
      comment: 'Published code imports a devDependency, or a package that its package.json does not name.',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/', pathNot: [...tests, '^packages/testing/'] },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['type-only', 'npm-peer', 'npm'],
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^packages/[^/]+/(dist|assembly)/', '^apps/[^/]+/dist/', '^bench/dist/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@munit/source', 'import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
      extensions: ['.ts', '.tsx', '.mts', '.js', '.mjs', '.json', '.d.ts'],
    },
  },
};
