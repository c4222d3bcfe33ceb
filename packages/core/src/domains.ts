/** The two image domains between which MUNIT and UNIT translate. */

/** An image domain: MUNIT's X₁ is `a`, its X₂ is `b`. */
export type Domain = 'a' | 'b';

/** One value for each of the two domains, `a` and `b`. */
export type PerDomain<T> = {
  /** Of domain a. */
  readonly a: T;
  /** Of domain b. */
  readonly b: T;
};

/** Both domains, in the order in which everything is done and written. */
export const domains = ['a', 'b'] as const satisfies readonly Domain[];

/** The values that `make` returns for `a` and then for `b`. */
export function perDomain<T>(make: (domain: Domain) => T): PerDomain<T> {
  return { a: make('a'), b: make('b') };
}

/** The domain into which images of `domain` are translated: `b` for `a`, `a` for `b`. */
export function otherDomain(domain: Domain): Domain {
  return domain === 'a' ? 'b' : 'a';
}
