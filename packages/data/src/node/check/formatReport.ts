import type { DataReport, DomainReport, Range } from './types.js';

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
  const blocks = report.domains.map((domain) => formatDomain(domain, limit).join('\n'));
  const problems = report.problems.map(({ level, domain, message }) => `${level === 'error' ? 'ERROR  ' : 'warning'}  ${domain}: ${message}`);
  const verdict = report.ok ? (problems.length === 0 ? 'No problems found.' : 'Usable.') : 'Not usable as it is.';
  return [...blocks, [...problems, verdict].join('\n')].join('\n\n') + '\n';
}
