/** What a page says to the next version that waits. */
export const TAKE_OVER = 'munit-take-over';
