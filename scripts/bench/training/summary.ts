/** What a part of `npm run bench:training` found against what was asked; training.mjs prints all of it as one table at the end. */
import { appendFileSync } from 'node:fs';

export interface Finding {
  readonly what: string;
  readonly asked: string;
  readonly got: string;
  /** Null where nothing is asked. */
  readonly met: boolean | null;
}

/** Names the file that findings go to, a line of JSON each; a part that runs alone has none. */
const FILE = process.env['BITEXT_TRAINING_SUMMARY'];

export function tell(finding: Finding): void {
  if (FILE !== undefined) appendFileSync(FILE, `${JSON.stringify(finding)}\n`);
}
