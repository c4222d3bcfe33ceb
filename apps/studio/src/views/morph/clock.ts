/** Where a clock that goes to the end and back stands: 0 to 1. */
export const toAndFro = (elapsed: number, duration: number): number => {
  const turn = (elapsed / duration) % 2;
  return turn <= 1 ? turn : 2 - turn;
};
