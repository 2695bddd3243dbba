/** The program with all its commands, each a file in `commands/` that is loaded when it is called. */
import { Command } from 'commander';
import { run } from '../command.ts';
import { STUDIO_VERSION } from '../../core/studio-version.ts';
import { addDocumentCommands } from './document-commands.ts';
import { addEngineCommands } from './engine-commands.ts';
import { addModelCommands } from './model-commands.ts';
import { addProjectCommands } from './project-commands.ts';
import { addTrainingCommands } from './training-commands.ts';

/** Nothing runs until it is parsed. Commands come in the order of the help. */
export function buildProgram(): Command {
  const program = new Command('bitext')
    .description('Offline translation of documents: local models, bilingual files, proved deliveries.')
    .version(STUDIO_VERSION)
    .configureHelp({ sortSubcommands: false, showGlobalOptions: true })
    .showHelpAfterError('(bitext COMMAND --help shows how it is used)')
    .exitOverride()
    .addHelpText('after', `
Results are on stdout, everything else on stderr. Exit codes: 0 done; 1 done, but some items failed; 2 wrong usage; 3 a model
or device is missing; 4 a fault of the studio, with a report; 130 cancelled (Ctrl-C once keeps what is done, twice stops at once).`);

  addDocumentCommands(program);
  addProjectCommands(program);
  addModelCommands(program);
  addTrainingCommands(program);
  addEngineCommands(program);
  program.command('completion').description('shell completion: bash, zsh or fish').argument('<shell>')
    .addHelpText('after', '\nExample:\n  source <(bitext completion bash)')
    .action(run(async () => (await import('../commands/completion.ts')).completionOf(program)));
  return program;
}
