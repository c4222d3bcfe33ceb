import type { Evaluation } from '../../evaluate/evaluation.js';
import { choose } from '../../image/library.js';
import type { LibraryImage } from '../../image/libraryImage.js';
import { PictureCanvas } from '../../ui/PictureCanvas.js';
import { view } from '../../view.js';
import { Thumb } from '../side/Thumb.js';
import { decimal } from '../../ui/numbers.js';
import { words } from '../../words/words.js';

/** As many rows are shown of each kind. */
const ROWS = 3;

const open = (image: LibraryImage): void => {
  choose(image.id);
  view.value = 'translate';
};

/** The pictures behind the figures: inputs with the most and the least diverse translations, and translations far from and near to real images. */
export function Exhibits({ of }: { readonly of: Evaluation }) {
  const { diversity, inputs, nearest, shown, styles, real } = of;
  const byDiversity = diversity.map((value, input) => ({ value, input })).sort((a, b) => b.value - a.value);
  const rows = Math.min(ROWS, Math.floor(byDiversity.length / 2));
  // Of the translations that are kept as pictures.
  const pairs = [...nearest.real]
    .map((place, at) => ({ place, distance: nearest.distances[at]!, input: Math.floor(at / styles), style: at % styles }))
    .filter(({ input, style }) => shown[input]?.[style] !== undefined)
    .sort((a, b) => b.distance - a.distance);
  const some = Math.min(2 * ROWS, Math.floor(pairs.length / 2));
  const said = words.value.evaluate;
  const ofInput = ({ value, input }: { readonly value: number; readonly input: number }) => (
    <tr key={input}>
      <th scope="row">
        <ul>
          <Thumb image={inputs[input]!} pressed={false} onClick={() => open(inputs[input]!)} />
        </ul>
        <span class="small numbers">{decimal(value, 3)}</span>
      </th>
      {shown[input]!.map((picture, style) => (
        <td key={style}>
          <PictureCanvas picture={picture} label={said.translation(inputs[input]!.name, style + 1)} />
        </td>
      ))}
    </tr>
  );
  const ofPair = ({ place, distance, input, style }: (typeof pairs)[number]) => (
    <li key={`${input} ${style}`}>
      <PictureCanvas picture={shown[input]![style]} label={said.aTranslation(inputs[input]!.name)} />
      <ul>
        <Thumb image={real[place]!} pressed={false} onClick={() => open(inputs[input]!)} />
      </ul>
      <span class="small numbers">{decimal(distance, 2)}</span>
    </li>
  );
  return (
    <>
      {rows > 0 && (
        <>
          <h3>{said.mostDiverse}</h3>
          <table class="exhibit">{<tbody>{byDiversity.slice(0, rows).map(ofInput)}</tbody>}</table>
          <h3>{said.leastDiverse}</h3>
          <table class="exhibit">{<tbody>{byDiversity.slice(-rows).reverse().map(ofInput)}</tbody>}</table>
        </>
      )}
      {some > 0 && (
        <>
          <h3>{said.farthest}</h3>
          <ul class="nearest">{pairs.slice(0, some).map(ofPair)}</ul>
          <h3>{said.nearest}</h3>
          <ul class="nearest">{pairs.slice(-some).reverse().map(ofPair)}</ul>
        </>
      )}
    </>
  );
}
