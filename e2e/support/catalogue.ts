/** A catalogue of models on this machine, in a process of its own, that can be told to misbehave. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { checkout } from '../../scripts/setup/places.mjs';

export interface Catalogue {
  readonly address: string;
  /** Files that were asked for, each with `whole` or the range. */
  readonly asked: string[];
  /** What the server does at the next requests for a file, instead of giving it. */
  misbehave(name: string, troubles: readonly object[]): void;
  close(): Promise<void>;
}

/** Publishes German to English and English to French, both tiny, and so many further rows. */
export async function startCatalogue(folder: string, rows = 0): Promise<Catalogue> {
  const child = spawn(process.execPath, [join(checkout, 'native-models', 'catalog', 'testing', 'serve-models.ts'), folder, String(rows)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const asked: string[] = [];
  const lines = createInterface({ input: child.stdout });
  const [address] = await Promise.race([once(lines, 'line'), once(child, 'exit').then(([code]) => { throw new Error(`the catalogue's server ended with ${String(code)}`); })]);
  if (typeof address !== 'string') throw new Error('the catalogue\'s server told no address');
  lines.on('line', (line) => { asked.push(line); });
  return {
    address, asked,
    misbehave(name, troubles) { child.stdin.write(`${JSON.stringify({ name, troubles })}\n`); },
    async close() {
      child.stdin.end();
      await once(child, 'exit');
    },
  };
}
