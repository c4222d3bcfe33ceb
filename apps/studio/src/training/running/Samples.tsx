import type { ContactRow } from '@munit/train';
import { useSignal } from '@preact/signals';
import { Panel } from '../../ui/Panel.js';
import { Segmented } from '../../ui/Segmented.js';
import type { Direction, Shot } from '../samples.js';
import { PixelCanvas } from './PixelCanvas.js';

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
  return (
    <Panel title="Samples">
      <Segmented label="Direction" value={direction.value} options={options} onChange={(value) => (direction.value = value)} />
      {shot === undefined ? (
        <p class="small">The first images come soon. They are the same ones every time, so that you can see them change.</p>
      ) : (
        <>
          <SampleGrid rows={shot.rows[direction.value]} step={shot.step} />
          <label class="train-when small numbers">
            <span>Step {shot.step}</span>
            <input type="range" aria-label="Moment of the run" aria-valuetext={`Step ${shot.step}`} min={0} max={Math.max(1, newest)} step={1} value={index} disabled={newest < 1} onInput={take} />
          </label>
          {shot.step < NOISY && <p class="small">Noise is normal at first: shapes and colours appear after some hundred steps.</p>}
          <p class="small">
            A row is one image: as it is, taken apart and put together again, and translated. A style column draws every row in the same random style; the last one takes the style of the example.
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
  const columns = ['input', 'rebuilt', ...first.styles.map((_, i) => `style ${i + 1}`), ...(guided ? ['example', 'guided'] : [])];
  return (
    // oxlint-disable-next-line jsx_a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by keyboard
    <div class="train-samples" role="region" aria-label={`Samples of step ${step}`} tabIndex={0}>
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
              {cellsOf(row).map(([what, image]) => (
                <td key={what}>{image !== undefined && <PixelCanvas image={image} label={`${row.name}, ${what}`} />}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const cellsOf = ({ input, reconstruction, styles, guided }: ContactRow): [string, ContactRow['input'] | undefined][] => [
  ['input', input],
  ['rebuilt', reconstruction],
  ...styles.map((image, i): [string, ContactRow['input']] => [`style ${i + 1}`, image]),
  ...(guided === undefined ? [] : ([['example', guided.example], ['in its style', guided.output]] satisfies [string, ContactRow['input']][])),
];
