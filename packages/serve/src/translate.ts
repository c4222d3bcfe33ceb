/** `POST /translate`: an image in, an image out. */
import type { Picture } from '@munit/infer';
import type { Context } from 'hono';
import { accept, type ServerContext, timed } from './context.js';
import { readFields, type TranslationFields } from './fields.js';
import { checkUpload, encode, mediaTypes } from './images.js';
import { HttpError } from './statuses.js';

interface Upload {
  readonly image: Blob;
  readonly example: Blob | undefined;
  readonly fields: TranslationFields;
}

/** A form with files and fields. */
async function readForm(c: Context, maxPixels: number): Promise<Upload> {
  let form: FormData;
  try {
    form = await c.req.formData();
  } catch (error) {
    if (error instanceof Error && error.name === 'BodyLimitError') throw error;
    throw new HttpError(400, 'DATA', 'The form cannot be read. Send multipart/form-data as browsers and curl -F do.');
  }
  const texts: Record<string, string> = {};
  const files: Record<string, File> = {};
  for (const [name, value] of form as unknown as Iterable<[string, File | string]>) {
    if (Object.hasOwn(texts, name) || Object.hasOwn(files, name)) throw new HttpError(400, 'ARGUMENT', `The field '${name.slice(0, 40)}' occurs twice.`);
    if (typeof value === 'string') texts[name] = value;
    else if (name === 'image' || name === 'example') files[name] = value;
    else throw new HttpError(400, 'ARGUMENT', `There is no file '${name.slice(0, 40)}': files are image and example.`);
  }
  const { image, example } = files;
  if (image === undefined) throw new HttpError(400, 'ARGUMENT', "The form has no file 'image'.");
  const fields = readFields(texts, example !== undefined);
  const upload = async (file: File, field: string): Promise<Blob> => checkUpload(new Uint8Array(await file.arrayBuffer()), field, maxPixels);
  return { image: await upload(image, 'image'), example: example === undefined ? undefined : await upload(example, 'example'), fields };
}

/** The image as the body, fields in the query. */
async function readPlain(c: Context, maxPixels: number): Promise<Upload> {
  const fields = readFields(c.req.query(), false);
  return { image: await checkUpload(new Uint8Array(await c.req.arrayBuffer()), 'image', maxPixels), example: undefined, fields };
}

async function read(c: Context, maxPixels: number): Promise<Upload> {
  const type = c.req.header('content-type') ?? '';
  if (/^multipart\/form-data\b/i.test(type)) return readForm(c, maxPixels);
  if (/^(image\/|application\/octet-stream\b)/i.test(type)) return readPlain(c, maxPixels);
  throw new HttpError(415, 'ARGUMENT', 'Send an image (Content-Type: image/png, …) or multipart/form-data.');
}

const freshSeed = (): number => crypto.getRandomValues(new Uint32Array(1))[0]!;

async function pictures({ pool }: ServerContext, { image, example, fields }: Upload, seed: number, signal: AbortSignal): Promise<Picture[]> {
  const { to, styles, style } = fields;
  const common = { to, signal };
  if (example !== undefined) return [await pool.translate(image, { ...common, example })];
  if (style !== undefined) return [await pool.translate(image, { ...common, style })];
  if (pool.info.styleDim === 0 && styles === 1) return [await pool.translate(image, common)];
  if (styles === 1) return [await pool.translate(image, { ...common, seed })];
  // A UNIT model refuses this itself.
  return pool.translate(image, { ...common, styles, seed });
}

/** One picture as a file; several, or for a client that asks for JSON, all of them in base64. */
async function respond(c: Context, results: readonly Picture[], seed: number, { format }: TranslationFields): Promise<Response> {
  const files = await Promise.all(results.map(async (picture) => encode(picture, format)));
  const wantsJson = /\bapplication\/json\b/.test(c.req.header('accept') ?? '');
  const numbers = (style: Picture['style']): number[] | null => (style === undefined ? null : [...style]);
  if (files.length > 1 || wantsJson) {
    const images = files.map((file, i) => ({ type: mediaTypes[format], style: numbers(results[i]!.style), data: Buffer.from(file).toString('base64') }));
    return c.json({ seed, images });
  }
  const style = numbers(results[0]!.style);
  return c.body(files[0]!, 200, { 'Content-Type': mediaTypes[format], 'X-Munit-Seed': String(seed), ...(style === null ? {} : { 'X-Munit-Style': style.join(',') }) });
}

/** Answers a request for a translation. @throws HttpError, MunitError: `refusalOf` says what they mean to a client */
export const translate = (server: ServerContext, c: Context): Promise<Response> =>
  accept(server, c, async (signal) => {
    const upload = await read(c, server.limits.maxPixels);
    const seed = upload.fields.seed ?? freshSeed();
    const results = await timed(server, () => pictures(server, upload, seed, signal));
    return respond(c, results, seed, upload.fields);
  });
