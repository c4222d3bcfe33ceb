import type { ContactRow } from '@munit/train';
import { useSignal } from '@preact/signals';
import { Panel } from '../../ui/Panel.js';
import { Segmented } from '../../ui/Segmented.js';
import type { Direction, Shot } from '../samples.js';
import { PixelCanvas } from './PixelCanvas.js';
import { type Words, words } from '../../words/words.js';

export interface SamplesProps {
  readonly shots: readonly Shot[];
  readonly names: { readonly a: string; readonly b: string };
}

/** What the model makes of the same few images, now and earlier. */
export function Samples({ shots, names }: SamplesProps) {
  const direction = useSignal<Direction>('ab');
  // Undefined: always the newest.
  const chosen = useSignal<number | undefined>(undefined);
  const newest = shots.length - 1;
  const index = Math.min(chosen.value ?? newest, newest);
  const shot = shots[index];
  const take = (event: { readonly currentTarget: HTMLInputElement }): void => {
    const next = event.currentTarget.valueAsNumber;
    chosen.value = next >= newest ? undefined : next;
  };
  const options = [
    { value: 'ab' as const, label: `${names.a} → ${names.b}` },
    { value: 'ba' as const, label: `${names.b} → ${names.a}` },
  ];
  const said = words.value.samples;
  return (
    <Panel title={said.title}>
      <Segmented label={said.direction} value={direction.value} options={options} onChange={(value) => (direction.value = value)} />
      {shot === undefined ? (
        <p class="small">{said.soon}</p>
      ) : (
        <>
          <SampleGrid rows={shot.rows[direction.value]} step={shot.step} />
          <label class="train-when small numbers">
            <span>{said.step(shot.step)}</span>
            <input type="range" aria-label={said.moment} aria-valuetext={said.step(shot.step)} min={0} max={Math.max(1, newest)} step={1} value={index} disabled={newest < 1} onInput={take} />
          </label>
          {shot.step < NOISY && <p class="small">{said.noisy}</p>}
          <p class="small">
            {said.about}
          </p>
        </>
      )}
    </Panel>
  );
}

/** Until about here the samples look like a failure. */
const NOISY = 150;

function SampleGrid({ rows, step }: { readonly rows: readonly ContactRow[]; readonly step: number }) {
  const [first] = rows;
  if (first === undefined) return null;
  const guided = rows.some((row) => row.guided !== undefined);
  const said = words.value.samples;
  const columns = [said.input, said.rebuilt, ...first.styles.map((_, i) => said.style(i + 1)), ...(guided ? [said.example, said.guided] : [])];
  return (
    // oxlint-disable-next-line jsx_a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by keyboard
    <div class="train-samples" role="region" aria-label={said.region(step)} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name}>
              {cellsOf(row, said).map(([what, image]) => (
                <td key={what}>{image !== undefined && <PixelCanvas image={image} label={said.cell(row.name, what)} />}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const cellsOf = ({ input, reconstruction, styles, guided }: ContactRow, said: Words['samples']): [string, ContactRow['input'] | undefined][] => [
  [said.input, input],
  [said.rebuilt, reconstruction],
  ...styles.map((image, i): [string, ContactRow['input']] => [said.style(i + 1), image]),
  ...(guided === undefined ? [] : ([[said.example, guided.example], [said.inItsStyle, guided.output]] satisfies [string, ContactRow['input']][])),
];
