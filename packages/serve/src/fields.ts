/** What a request for a translation says besides its image: fields of a form, or of the query. */
import { ArgumentError, type Domain } from '@munit/core';
import * as z from 'zod';

/** Image types that go out. */
export type OutputFormat = 'png' | 'jpg' | 'webp';

/** The fields, checked. */
export interface TranslationFields {
  readonly to: Domain;
  readonly styles: number;
  readonly seed: number | undefined;
  readonly style: readonly number[] | undefined;
  readonly format: OutputFormat;
}

const whole = (name: string, min: number, max: number): z.ZodType<number> =>
  z.string().regex(/^\d{1,10}$/, `'${name}' must be a whole number`).transform(Number).refine((value) => value >= min && value <= max, `'${name}' must lie between ${min} and ${max}`);

/** The most styles of one request. */
export const maxStyles = 64;

const schema = z.strictObject({
  to: z.enum(['a', 'b'], "'to' must be a or b").default('b'),
  styles: whole('styles', 1, maxStyles).optional(),
  seed: whole('seed', 0, 2 ** 32 - 1).optional(),
  style: z
    .string()
    .max(10_000)
    .transform((text) => text.split(',').map((part) => (part.trim() === '' ? NaN : Number(part))))
    .refine((values) => values.every((value) => Number.isFinite(value) && Math.abs(value) < 1e6), "'style' must be numbers with commas between them")
    .optional(),
  format: z.enum(['png', 'jpg', 'webp'], "'format' must be png, jpg or webp").default('png'),
});

/** Checks the fields of a request. @throws ArgumentError for a field that is unknown, or a value out of range */
export function readFields(fields: Readonly<Record<string, string>>, hasExample: boolean): TranslationFields {
  const parsed = schema.safeParse(fields);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const problem = issue?.code === 'unrecognized_keys' ? `There is no field '${issue.keys[0]?.slice(0, 40)}'.` : `${issue?.message ?? 'A field is wrong'}.`;
    throw new ArgumentError(problem, { remedy: 'The fields are image, example, to, styles, seed, style and format.' });
  }
  const { to, styles, seed, style, format } = parsed.data;
  const chosen = [['styles', styles], ['style', style], ['example', hasExample ? true : undefined]].filter(([, value]) => value !== undefined).map(([name]) => name);
  if (chosen.length > 1) throw new ArgumentError(`${chosen.join(' and ')} do not go together.`, { remedy: 'Give one of them.' });
  return { to, styles: styles ?? 1, seed, style, format };
}
