/** Counts in a language. Integers and texts are what tables take: sizes, times and decimals come written by `ui/numbers.ts`. */

/** The forms of a word that a language has, by the names of Unicode's categories. */
export type Forms = Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> & { readonly other: string };

export interface Counting {
  /** The form for a count. */
  readonly plural: (count: number, forms: Forms) => string;
  /** The count with the language's separators, and the form for it: `1,200 images`. */
  readonly counted: (count: number, forms: Forms) => string;
}

/** @param language as BCP 47 names it */
export function countingIn(language: string): Counting {
  const plural = (count: number, forms: Forms): string => forms[new Intl.PluralRules(language).select(count)] ?? forms.other;
  return { plural, counted: (count, forms) => `${count.toLocaleString(language)} ${plural(count, forms)}` };
}
