/** Commands on models: what there is, what can be fetched, how fast it is. */
import type { Command } from 'commander';
import { run, withEngineOptions, withOutputOptions } from '../command.ts';

export function addModelCommands(program: Command): void {
  const models = program.command('models').description('the local models');
  withEngineOptions(models.command('list').description('models that can be used, and why others can not'))
    .addHelpText('after', '\nExample:\n  bitext models list --json')
    .action(run(async () => (await import('../commands/models-list.ts')).modelsList));
  withCatalogue(models.command('available').description('models that Mozilla publishes, with pair, size and licence; asks their server'))
    .argument('[language]', 'only models from or to this language, or whose id has this in it')
    .addHelpText('after', '\nExample:\n  bitext models available pt')
    .action(run(async () => (await import('../commands/models-available.ts')).modelsAvailable));
  withCatalogue(models.command('download').description("fetch a published model into the studio's own store, or go on where that was cut off"))
    .argument('<model>', 'an id, or a pair like en-pt')
    .addHelpText('after', '\nExample:\n  bitext models download en-es')
    .action(run(async () => (await import('../commands/models-download.ts')).modelsDownload));
  withEngineOptions(models.command('import').description("copy a model's folder, or one in a zip, into the studio's own store, and find out how well it does in fewer bits")).argument('<path>')
    .option('--quality <tsv>', 'sources with a reference each, a tab between them, to measure that with')
    .addHelpText('after', '\nExample:\n  bitext models import opus-mt-en-de/ --quality dev.tsv')
    .action(run(async () => (await import('../commands/models-import.ts')).modelsImport));
  withEngineOptions(models.command('inspect').description('what a model is: family, languages, sizes, files, licence, what was measured of it')).argument('<id>')
    .addHelpText('after', '\nExample:\n  bitext models inspect enpt-1693087644 --json')
    .action(run(async () => (await import('../commands/models-inspect.ts')).modelsInspect));
  withEngineOptions(models.command('bench').description('how fast a model is on this machine: loading, one sentence, many sentences, memory')).argument('<id>')
    .option('--text <file>', 'sentences to translate, one a line, instead of the built-in ones').option('--seconds <n>', 'how long to translate batches', '5')
    .option('--from <lang>', 'source language of a model with several').option('--to <lang>', 'target language of a model with several')
    .addHelpText('after', '\nExample:\n  bitext models bench enpt-1693087644 --threads 1')
    .action(run(async () => (await import('../commands/models-bench.ts')).modelsBench));
  withEngineOptions(models.command('remove').description("delete a model from the studio's own store")).argument('<id>')
    .addHelpText('after', '\nExample:\n  bitext models remove enpt-1693087644')
    .action(run(async () => (await import('../commands/models-remove.ts')).modelsRemove));
  withEngineOptions(models.command('verify').description("compare a model's files with the hashes in its manifest")).argument('<id>')
    .addHelpText('after', '\nExample:\n  bitext models verify enpt-1693087644')
    .action(run(async () => (await import('../commands/models-verify.ts')).modelsVerify));

  withEngineOptions(models.command('back').description('go back from a fine-tuned model to the one it is based on')).argument('<id>')
    .option('--undo', 'use the fine-tuned one again')
    .addHelpText('after', '\nExample:\n  bitext models back enpt-1693087644.tuned-1')
    .action(run(async () => (await import('../commands/models-back.ts')).modelsBack));
}

/** Options of the commands that ask the catalogue's server, the only ones that use the network. */
const withCatalogue = (command: Command): Command => withOutputOptions(command)
  .option('--workspace <dir>', "the studio's data folder (default: BITEXT_HOME, else the platform's)")
  .option('--catalogue <address>', "server to ask instead of Mozilla's (also BITEXT_CATALOGUE)");
