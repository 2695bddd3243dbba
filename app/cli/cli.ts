/** `bitext`: the studio from the command line. */
import { CommanderError } from 'commander';
import { buildProgram } from './program/program.ts';
import { EXIT } from './terminal/exit-codes.ts';
import { endWithReader } from './terminal/terminal.ts';

/** Parses the arguments and runs the command; usage errors end with code 2, help and version with 0. */
export async function main(argv: readonly string[]): Promise<void> {
  endWithReader();
  try {
    await buildProgram().parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
  }
}

await main(process.argv.slice(2));
