import type { Figure } from '@munit/metrics';
import type { Evaluation } from '../../evaluate/evaluation.js';
import { target } from '../../direction.js';
import { nameOf, toLink } from '../../model/choice.js';
import { model } from '../../model/session.js';
import type { EvaluationNote } from '../../evaluate/protocol.js';
import { decimal } from '../../ui/numbers.js';
import { type Words, words } from '../../words/words.js';

/** Three or four digits say all that few images can. */
const shown = (value: number): string => (Number.isFinite(value) ? decimal(value, Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 3) : '–');

/** What was not measured, and why. */
export const noteText = (note: EvaluationNote, said: Words['evaluate']): string => (note.kind === 'oneEach' ? said.oneEach : said.tooFew(note.least, note.real, note.translations));

/** Every figure with its interval, what it is read against, and what makes it unreliable. What a figure means comes from `@munit/metrics`, in English. */
export function Figures({ of }: { readonly of: Evaluation }) {
  const { figures, notes, inputs, styles, real, side, seconds } = of;
  const said = words.value.evaluate;
  const warnings = [...new Set(figures.flatMap((one) => one.warnings))];
  const old = toLink(of.model) !== toLink(model.value!.choice) || of.to !== target.value;
  return (
    <>
      <p class="small">
        {said.summary(nameOf(of.model), said.images(inputs.length), said.styles(styles), side, real.length, of.seed, decimal(seconds, 0))} {old && said.changed}
      </p>
      <div class="figures">
        <table>
          <thead>
            <tr>
              <th scope="col">{said.figure}</th>
              <th scope="col">{said.value}</th>
              <th scope="col">{said.interval}</th>
              <th scope="col">{said.against}</th>
            </tr>
          </thead>
          <tbody>
            {figures.map((one) => (
              <Row key={one.name} of={one} />
            ))}
          </tbody>
        </table>
      </div>
      {notes.length + warnings.length > 0 && (
        <ul class="figures-warnings small" aria-label={said.unreliable}>
          {notes.map((note) => (
            <li key={note.kind}>{noteText(note, said)}</li>
          ))}
          {warnings.map((text) => (
            <li key={text} lang="en">
              {text}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Row({ of: { name, meaning, better, value, interval, beside } }: { readonly of: Figure }) {
  return (
    <tr>
      <th scope="row">
        {name}
        <span class="small">
          <span lang="en">{meaning}</span>; {words.value.evaluate[better]}
        </span>
      </th>
      <td class="numbers">{shown(value)}</td>
      <td class="numbers">{interval === undefined ? '–' : words.value.evaluate.range(shown(interval.low), shown(interval.high))}</td>
      <td>
        {Object.entries(beside).map(([what, against]) => (
          <div key={what}>
            <span class="numbers">{shown(against)}</span> <span class="small" lang="en">{what}</span>
          </div>
        ))}
      </td>
    </tr>
  );
}
