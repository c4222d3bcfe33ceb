/** Pictures of how the run was doing, over its time. */
import type { ContactRow, SampleEvent } from '@munit/train';

export interface Shot {
  readonly step: number;
  /** From outlines to colours, say, and back. */
  readonly rows: { readonly ab: readonly ContactRow[]; readonly ba: readonly ContactRow[] };
}

export type Direction = keyof Shot['rows'];

export function shotOf({ step, images }: SampleEvent): Shot {
  const rowsOf = (name: string): readonly ContactRow[] => images.find((grid) => grid.name === name)?.cells ?? [];
  return { step, rows: { ab: rowsOf('a-to-b'), ba: rowsOf('b-to-a') } };
}

/** The shots with a new one, rising by step; of many, every second goes, but for the first and the newest. */
export function withShot(shots: readonly Shot[], shot: Shot, limit = 60): readonly Shot[] {
  const all = [...shots.filter(({ step }) => step < shot.step), shot];
  return all.length <= limit ? all : all.filter((_, i) => i % 2 === 0 || i === all.length - 1);
}
