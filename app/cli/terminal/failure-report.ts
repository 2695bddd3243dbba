/** A file that says what a failure inside the studio was, without any text of a document. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { STUDIO_VERSION } from '../../core/studio-version.ts';

/** Writes the report and returns its path. */
export function writeFailureReport(error: unknown): string {
  const path = join(mkdtempSync(join(tmpdir(), 'bitext-report-')), 'report.txt');
  const lines = [`Bitext Studio ${STUDIO_VERSION}`, `${process.platform} ${process.arch}, Node ${process.versions.node}`, `command: ${process.argv[2] ?? ''}`, ''];
  for (let cause: unknown = error; cause !== undefined && lines.length < 20; cause = cause instanceof Error ? cause.cause : undefined)
    lines.push(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause), '');
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}
