import type { Step } from '@munit/layers';

/**
 * Whether a map is not kept but computed again where it is read: at full size, where it is larger than what it is made of, unless a
 * residual sum needs it twice.
 */
export const isPassing = (height: number, fullHeight: number, next: Step | undefined): boolean => height === fullHeight && next?.kind === 'weighted';
