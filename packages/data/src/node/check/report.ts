/** What a check of a data set found: as values, as problems in words, as text. */
import { visible } from '@munit/core/text';

/** A file and what is wrong with it. */
export interface NamedReason {
  /** The file, relative to its folder. */
  readonly name: string;
  /** The rest of a sentence about the file: `is empty (0 bytes)`. */
  readonly reason: string;
}

/** What the values of a property of the images range over, in pixels. */
export interface Range {
  /** The smallest. */
  readonly min: number;
  /** The middle one of the sorted values (the upper of two). */
  readonly median: number;
  /** The largest. */
  readonly max: number;
}

/** What one folder, list or half of a folder holds. */
export interface DomainReport {
  /** `trainA`, or `images` when one folder was given. */
  readonly domain: string;
  /** The folder or list. */
  readonly label: string;
  /** Number of files. */
  readonly files: number;
  /** Number of files that decode to an image. */
  readonly usable: number;
  /** Size of the usable files together. */
  readonly bytes: number;
  /** Undefined when nothing is usable. */
  readonly width: Range | undefined;
  /** Undefined when nothing is usable. */
  readonly height: Range | undefined;
  /** Distinct sizes. */
  readonly sizes: number;
  /** Number of files of each format, by content. */
  readonly formats: Readonly<Record<string, number>>;
  /** Number of images with grey levels only. */
  readonly grey: number;
  /** Number of images in colour. */
  readonly colour: number;
  /** Number of images with an alpha channel. */
  readonly alpha: number;
  /** Number of images converted from CMYK. */
  readonly cmyk: number;
  /** Number of images with more than 8 bits per channel. */
  readonly sixteenBit: number;
  /** Turned upright by their EXIF orientation. */
  readonly oriented: number;
  /** Files that cannot be used. */
  readonly broken: readonly NamedReason[];
  /** Every pixel the same colour. */
  readonly blank: readonly string[];
  /** The extension says another format than the content is. */
  readonly mislabelled: readonly NamedReason[];
  /** Shorter side below `minSide`. */
  readonly tooSmall: readonly NamedReason[];
  /** Groups of files with the same bytes. */
  readonly duplicates: readonly (readonly string[])[];
  /** Files that are not images by their extension. */
  readonly ignored: readonly string[];
}

/** Something to know, or to fix, before training. */
export interface DataProblem {
  /** `error`: training would fail or be pointless; `warning`: worth knowing. */
  readonly level: 'error' | 'warning';
  /** The domain, as in its `DomainReport`. */
  readonly domain: string;
  /** What is wrong, in words, without the domain. */
  readonly message: string;
}

/** What `checkData` found. */
export interface DataReport {
  /** One report per folder, list or half of a folder. */
  readonly domains: readonly DomainReport[];
  /** What deserves attention, domain by domain. */
  readonly problems: readonly DataProblem[];
  /** No problem is an error. */
  readonly ok: boolean;
}

/** `1 image`, `3 images`. */
const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** Published advice: hundreds at least, a thousand and more for good results. */
const fewImages = 100;

/** What a person should read before starting a night of training. */
export function problemsOf(report: DomainReport, minSide: number): DataProblem[] {
  const problems: DataProblem[] = [];
  const add = (level: DataProblem['level'], message: string): number => problems.push({ level, domain: report.domain, message });
  const isTraining = !report.domain.startsWith('test');
  if (report.usable === 0) add('error', 'no image can be used');
  else if (isTraining && report.usable < 2) add('error', 'only one image can be used; training needs at least 2');
  else if (isTraining && report.usable < fewImages) add('warning', `only ${report.usable} images: good results take hundreds; with so few, augmentation (diff_augment) helps`);
  if (report.broken.length > 0) add('warning', `${counted(report.broken.length, 'broken file')} will be skipped`);
  if (report.blank.length > 0) add('warning', `${counted(report.blank.length, 'image')} without content (every pixel the same)`);
  if (report.tooSmall.length > 0) add('warning', `${counted(report.tooSmall.length, 'image')} with a side below ${minSide} px will be enlarged`);
  if (report.mislabelled.length > 0) add('warning', `${counted(report.mislabelled.length, 'file')} named as another format (read all the same)`);
  if (report.alpha > 0) add('warning', `${counted(report.alpha, 'image')} with transparency, which is composited on white`);
  if (report.grey > 0 && report.colour > 0) add('warning', `${counted(report.grey, 'grey image')} among ${report.colour} in colour`);
  if (report.duplicates.length > 0) {
    const extra = report.duplicates.reduce((sum, group) => sum + group.length - 1, 0);
    add('warning', counted(extra, 'copy of another file', 'copies of other files'));
  }
  return problems;
}

function range(r: Range | undefined): string {
  if (r === undefined) return '-';
  return r.min === r.max ? String(r.min) : `${r.min} to ${r.max} (median ${r.median})`;
}

function megabytes(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function some(title: string, lines: readonly string[], limit: number): string[] {
  if (lines.length === 0) return [];
  const rest = lines.length > limit ? [`    … and ${lines.length - limit} more`] : [];
  return [`  ${title}`, ...lines.slice(0, limit).map((line) => `    ${line}`), ...rest];
}

function kinds(report: DomainReport): string {
  const parts: [number, string][] = [
    [report.colour, 'colour'], [report.grey, 'grey'], [report.alpha, 'with alpha'],
    [report.cmyk, 'CMYK'], [report.sixteenBit, '16-bit'], [report.oriented, 'turned by EXIF'],
  ];
  return parts.filter(([count]) => count > 0).map(([count, name]) => `${count} ${name}`).join(', ');
}

function formatDomain(report: DomainReport, limit: number): string[] {
  const named = (entries: readonly { readonly name: string; readonly reason: string }[]): string[] => entries.map((e) => `${e.name} ${e.reason}`);
  const formats = Object.entries(report.formats).map(([format, count]) => `${count} ${format}`).join(', ');
  return [
    `${report.domain}: ${report.label}`,
    `  images   ${report.usable} usable of ${report.files}, ${megabytes(report.bytes)}`,
    `  width    ${range(report.width)}`,
    `  height   ${range(report.height)}`,
    `  sizes    ${report.sizes} distinct`,
    `  formats  ${formats === '' ? '-' : formats}`,
    `  kinds    ${kinds(report) || '-'}`,
    ...some('broken', named(report.broken), limit),
    ...some('blank', report.blank, limit),
    ...some('too small', named(report.tooSmall), limit),
    ...some('extension of another format', named(report.mislabelled), limit),
    ...some('same file', report.duplicates.map((group) => group.join(' = ')), limit),
    ...some('not images (ignored)', report.ignored, limit),
  ];
}

/** The report as plain text for a terminal, at most `limit` names of a kind (default 10). */
export function formatReport(report: DataReport, { limit = 10 }: { readonly limit?: number } = {}): string {
  const blocks = report.domains.map((domain) => formatDomain(domain, limit).map(visible).join('\n'));
  const problems = report.problems.map(({ level, domain, message }) => `${level === 'error' ? 'ERROR  ' : 'warning'}  ${domain}: ${message}`);
  const verdict = report.ok ? (problems.length === 0 ? 'No problems found.' : 'Usable.') : 'Not usable as it is.';
  return [...blocks, [...problems, verdict].join('\n')].join('\n\n') + '\n';
}
