import { fileURLToPath } from 'node:url';
import ts from 'typescript-api';
import { expect, it } from 'vitest';

const here = fileURLToPath(new URL('./domTypes.ts', import.meta.url));
const consumer = 'consumer.ts';

/** What TensorFlow.js's declarations and ours name. */
const names = [
  'CanvasRenderingContext2D', 'HTMLCanvasElement', 'HTMLImageElement', 'HTMLSourceElement', 'HTMLVideoElement', 'IDBFactory', 'ImageBitmap', 'ImageData', 'Long',
  'OffscreenCanvas', 'OffscreenCanvasRenderingContext2D', 'Storage', 'WebGLContextAttributes', 'WebGLTexture',
];

/** What a compiler that knows no DOM says of them, and of a number given for an image. */
function problems(files: readonly string[]): string[] {
  const options: ts.CompilerOptions = { lib: ['lib.es2022.d.ts'], types: [], target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, strict: true, noEmit: true };
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  const text = `export const all = (..._: [${names.join(', ')}]): void => undefined;\nexport const image: ImageData | ImageBitmap | HTMLImageElement = 5;`;
  host.getSourceFile = (name, ...rest) => (name === consumer ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2022) : read(name, ...rest));
  return ts.getPreEmitDiagnostics(ts.createProgram([consumer, ...files], options, host)).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' ').split('. ')[0]!);
}

it('make declarations complete where TypeScript knows no DOM, and keep them strict', () => {
  const without = problems([]).join('\n');
  for (const name of names) expect(without).toContain(`Cannot find name '${name}'`);
  expect(problems([here])).toEqual(["Type 'number' is not assignable to type 'HTMLImageElement | ImageBitmap | ImageData'."]);
}, 120_000);
