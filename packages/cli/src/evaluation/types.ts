/** What an evaluation finds, as its JSON file and its page have it. */
import type { Domain } from '@munit/core';
import type { Figure } from '@munit/metrics';

/** What `--protocol` takes. */
export const protocolNames = ['diversity', 'quality', 'modes', 'reconstruction', 'synthetic'] as const;
export type ProtocolName = (typeof protocolNames)[number];

/** An image on the page. */
export interface Cell {
  /** `data:image/png;base64,…` */
  readonly uri: string;
  readonly width: number;
  readonly height: number;
  /** Below it; '' for none. */
  readonly label: string;
}

/** What the page shows behind a figure. */
export type Exhibit =
  | { readonly kind: 'images'; readonly title: string; readonly caption: string; readonly rows: readonly { readonly label: string; readonly cells: readonly Cell[] }[] }
  /** Shares of values up to x, a curve for each series. */
  | { readonly kind: 'curves'; readonly title: string; readonly caption: string; readonly unit: string; readonly series: readonly { readonly name: string; readonly values: readonly number[] }[] }
  /** Shares by class, a bar for each series. */
  | { readonly kind: 'bars'; readonly title: string; readonly caption: string; readonly classes: readonly string[]; readonly series: readonly { readonly name: string; readonly shares: readonly number[] }[] };

/** One protocol in one direction. */
export interface Section {
  readonly protocol: ProtocolName;
  /** The domain of the translations; undefined for folders and for what has no direction. */
  readonly to: Domain | undefined;
  /** What has to be known to read the figures, in sentences. */
  readonly notes: readonly string[];
  readonly figures: readonly Figure[];
  readonly exhibits: readonly Exhibit[];
}

/** A protocol that was not measured, in one direction or at all, and why. */
export interface LeftOut {
  readonly protocol: ProtocolName;
  readonly to: Domain | undefined;
  readonly why: string;
}

/** A file of weights that figures depend on. */
export interface WeightsFact {
  readonly name: string;
  readonly sha256: string;
}

/** `evaluation.json`, without pictures. */
export interface EvaluationFile {
  readonly format: 'munit-evaluation';
  readonly version: 1;
  /** Versions of what computed it. */
  readonly versions: { readonly munit: string; readonly node: string };
  readonly device: string;
  /** What was evaluated: a model, or folders. */
  readonly subject: Readonly<Record<string, string | number | boolean>>;
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  readonly weights: readonly WeightsFact[];
  readonly sections: readonly Omit<Section, 'exhibits'>[];
  readonly leftOut: readonly LeftOut[];
  readonly warnings: readonly string[];
}

/** What measuring has found: the report is made of it. */
export interface Measured extends Pick<EvaluationFile, 'device' | 'subject' | 'settings' | 'weights' | 'leftOut' | 'warnings'> {
  /** Of what was measured. */
  readonly name: string;
  /** Of a run that is measured by the truth of its images alone. */
  readonly step?: number;
  /** The model, the images and the settings: the folder's content is of these. */
  readonly state: string;
  /** Names of what was measured. */
  readonly names: readonly string[];
  /** None of a shard. */
  readonly sections: readonly Section[];
}
