import type { DataProblem, DomainReport } from './types.js';

/** Published advice: hundreds at least, a thousand and more for good results. */
const fewImages = 100;

/** What a person should read before starting a night of training. */
export function problemsOf(report: DomainReport, minSide: number): DataProblem[] {
  const problems: DataProblem[] = [];
  const add = (level: DataProblem['level'], message: string): number => problems.push({ level, domain: report.domain, message });
  const isTraining = !report.domain.startsWith('test');
  if (report.usable === 0) add('error', 'no image can be used');
  else if (isTraining && report.usable < 2) add('error', 'only one image can be used; training needs at least 2');
  else if (isTraining && report.usable < fewImages) add('warning', `only ${report.usable} images: expect results from some hundreds on`);
  if (report.broken.length > 0) add('warning', `${report.broken.length} broken files will be skipped`);
  if (report.blank.length > 0) add('warning', `${report.blank.length} blank images (every pixel the same) teach nothing`);
  if (report.tooSmall.length > 0) add('warning', `${report.tooSmall.length} images have a side below ${minSide} px and will be blown up`);
  if (report.mislabelled.length > 0) add('warning', `${report.mislabelled.length} files have the extension of another format (they are read all the same)`);
  if (report.alpha > 0) add('warning', `${report.alpha} images have transparency, which is composited on white`);
  if (report.grey > 0 && report.colour > 0) add('warning', `${report.grey} grey images among ${report.colour} in colour`);
  if (report.duplicates.length > 0) {
    const extra = report.duplicates.reduce((sum, group) => sum + group.length - 1, 0);
    add('warning', `${extra} files are copies of others`);
  }
  return problems;
}
