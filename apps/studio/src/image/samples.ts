/** Images that come with the studio, to try a model on. */
import { DataError, type Domain, domains, type PerDomain, perDomain } from '@munit/core';
import { computed } from '@preact/signals';
import { source } from '../direction.js';
import { bundledModel, bundledModels, type BundledModel, type BundledSample, type Kind } from '../model/bundled.js';
import { model } from '../model/session.js';
import type { LibraryImage } from './libraryImage.js';
import { words } from '../words/words.js';

function sampleImage({ id: of }: BundledModel, { id, number, file }: BundledSample, domain: Domain): LibraryImage {
  const name = (): string => words.value.bundled[of][domain === 'a' ? 'sampleA' : 'sampleB'](number);
  return {
    id,
    key: id,
    // In the language in use, whenever it is looked at.
    get name() {
      return name();
    },
    domain,
    async read() {
      const response = await fetch(new URL(`samples/${file}`, document.baseURI));
      if (!response.ok) throw new DataError(words.peek().image.noSample(name()), { remedy: words.peek().image.noSampleRemedy });
      return response.blob();
    },
  };
}

type Samples = PerDomain<readonly LibraryImage[]>;

const imagesOf = (one: BundledModel): Samples => perDomain((domain) => one.samples[domain].map((sample) => sampleImage(one, sample, domain)));

/** Made once, so that an image is the same object at every look. */
const made = new Map<string, Samples>();
function samplesOf(one: BundledModel): Samples {
  const found = made.get(one.id) ?? imagesOf(one);
  made.set(one.id, found);
  return found;
}

/** Whose samples were shown last. */
let shown: BundledModel = bundledModels[0];

/** The bundled model that the one in use is, or whose kinds of images it has. */
const relative = computed<BundledModel | undefined>(() => {
  const now = model.value;
  if (now === undefined) return bundledModels[0];
  const names = domains.map((domain) => now.translator.domains[domain].name);
  // Official checkpoints do not say what their kinds are called: the samples stay.
  if (now.choice.kind !== 'bundled' && names.every((name, i) => name === domains[i])) return shown;
  const found = now.choice.kind === 'bundled' ? bundledModel(now.choice.id) : bundledModels.find(({ kinds }) => domains.every((domain, i) => kinds[domain].name === names[i]));
  shown = found ?? shown;
  return found;
});

/** What the model in use has seen; undefined where nobody can know. */
export const knownKinds = computed<PerDomain<Kind> | undefined>(() => (model.value?.choice.kind === 'bundled' ? bundledModel(model.value.choice.id)?.kinds : undefined));

/** Whether the images that are translated now are line drawings, as far as anybody can know: then one can be made of a photograph. */
export const knowsLines = computed(() => knownKinds.value?.[source.value].mostColour !== undefined);

/** Whether the samples are of the kinds that the model in use has learned, as far as anybody can know. */
export const samplesFit = computed(() => relative.value !== undefined);

/** Samples for the model in use; of another model where there are none. */
export const samples = computed<Samples>(() => samplesOf(relative.value ?? bundledModels[0]));

/** A sample of any bundled model, as a link names it. */
export const isSample = (id: string): boolean => bundledModels.some((one) => domains.some((domain) => one.samples[domain].some((sample) => sample.id === id)));
