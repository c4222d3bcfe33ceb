import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { ReportAssets } from '../report/index.js';

/** The chart library's files, from the installed npm package. */
export function loadReportAssets(): ReportAssets {
  const folder = dirname(createRequire(import.meta.url).resolve('uplot'));
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  return { uplotScript: read('uPlot.iife.min.js'), uplotStyle: read('uPlot.min.css') };
}
