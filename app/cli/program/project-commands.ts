/** Commands on projects, and on the memories that they are compared with. */
import type { Command } from 'commander';
import { run, withEngineOptions, withOutputOptions } from '../command.ts';

export function addProjectCommands(program: Command): void {
  const project = program.command('project').description('work with a .bitext project file');
  withEngineOptions(project.command('new').description('make a project of files and folders'))
    .argument('<project>').argument('[inputs...]').requiredOption('--to <lang>', 'target language').option('--from <lang>', 'source language; auto tells it from the text', 'en').option('--name <name>', 'name of the project (default: that of its file)')
    .addHelpText('after', '\nExample:\n  bitext project new offer.bitext offer/ --from en --to pt')
    .action(run(async () => (await import('../commands/project-new.ts')).projectNew));
  withEngineOptions(project.command('add').description('add files and folders')).argument('<project>').argument('<inputs...>')
    .addHelpText('after', '\nExample:\n  bitext project add offer.bitext annex.docx')
    .action(run(async () => (await import('../commands/project-add.ts')).projectAdd));
  withEngineOptions(project.command('update').description('take in new versions of documents, keeping what is unchanged; new files are added')).argument('<project>').argument('<inputs...>')
    .addHelpText('after', '\nExample:\n  bitext project update offer.bitext offer/')
    .action(run(async () => (await import('../commands/project-update.ts')).projectUpdate));
  withEngineOptions(project.command('info').description('languages, files and counts')).argument('<project>')
    .addHelpText('after', '\nExample:\n  bitext project info offer.bitext --json')
    .action(run(async () => (await import('../commands/project-info.ts')).projectInfo));
  withEngineOptions(project.command('analyze').description('words of each file by how well memories match them, and what repeats itself')).argument('<project>')
    .option('--memory <files...>', 'translation memories to compare with')
    .addHelpText('after', '\nExample:\n  bitext project analyze offer.bitext --memory old.tmx --json')
    .action(run(async () => (await import('../commands/project-analyze.ts')).projectAnalyze));
  withEngineOptions(project.command('check').description('what the checks found in the translations: tags, numbers, addresses, terms')).argument('<project>')
    .addHelpText('after', '\nExample:\n  bitext project check offer.bitext')
    .action(run(async () => (await import('../commands/project-check.ts')).projectCheck));
  withEngineOptions(project.command('pretranslate').description('machine-translate what has no translation yet')).argument('<project>').option('--model <id>', 'a model id, or the folder of a model (default: the best for the pair)').option('--drafts', 'translate drafts again, too').option('--terms <files...>', 'termbases that bind: tables (TSV, CSV: term, translation) or TBX')
    .option('--memory <files...>', 'translation memories that are asked before the model').option('--threshold <percent>', 'what matches less is not taken from a memory (default: 75)').option('--beam <n>', 'hypotheses of a beam search')
    .addHelpText('after', '\nExample:\n  bitext project pretranslate offer.bitext --memory old.tmx --threshold 85')
    .action(run(async () => (await import('../commands/project-pretranslate.ts')).projectPretranslate));
  withEngineOptions(project.command('export').description('deliver: target documents, bilingual files and the receipt')).argument('<project>').requiredOption('--out <dir>', 'where the delivery goes').option('--bilingual <list>', 'bilingual files to deliver as well: xliff12,xliff21,tmx,html,tsv')
    .addHelpText('after', '\nExample:\n  bitext project export offer.bitext --out delivery --bilingual xliff12')
    .action(run(async () => (await import('../commands/project-export.ts')).projectExport));
  withEngineOptions(project.command('history').description('the edit log of one segment, newest last')).argument('<project>').argument('<segment>', 'number of the segment')
    .addHelpText('after', '\nExample:\n  bitext project history offer.bitext 12')
    .action(run(async () => (await import('../commands/project-history.ts')).projectHistory));

  withEngineOptions(project.command('adapt').description('let confirmed segments lead the suggestions for others: turn it on or off, see and take back what was learned')).argument('<project>')
    .option('--on', 'let them lead').option('--off', 'let them lead no longer; what was learned is kept').option('--way <way>', 'with --on: memory (similar segments lead each sentence), steps (the weights learn) or both; both in a new project')
    .option('--learn', 'make steps of all segments that wait').option('--list', 'what was learned, the newest first').option('--undo [segments...]', 'take segments out of it again; the newest when none is named').option('--undo-step <which>', 'take steps back: newest, all, or a number with those behind it')
    .addHelpText('after', '\nExample:\n  bitext project adapt offer.bitext --on --way both')
    .action(run(async () => (await import('../commands/project-adapt.ts')).projectAdapt));

  withEngineOptions(project.command('terms').description('the termbases that bind in the project: in suggestions, translations and checks')).argument('<project>')
    .option('--add <files...>', 'copy termbases into the project: tables (TSV, CSV: term, translation) or TBX; a file that was copied before is read again')
    .option('--term <texts...>', 'a term and its translation; forms of each are separated by |').option('--forbid <texts...>', 'a term and what must not stand for it')
    .option('--remove <names...>', 'termbases by their name, or terms by their number').option('--list [text]', 'the terms with their numbers, or those that have a text')
    .addHelpText('after', '\nExamples:\n  bitext project terms offer.bitext --add customer.tbx\n  bitext project terms offer.bitext --term "water pump" "bomba de água"')
    .action(run(async () => (await import('../commands/project-terms.ts')).projectTerms));

  const memory = program.command('memory').description('translation memories');
  withOutputOptions(memory.command('search').description('what memories have for texts on stdin, one a line'))
    .argument('<files...>', 'TMX, TSV (source, tab, translation), XLIFF, PO, or projects (.bitext) with confirmed segments')
    .option('--from <lang>', 'language of the texts', 'en').option('--to <lang>', 'language of the translations', 'pt')
    .option('--min <percent>', 'matches below are left out', '70').option('--max <n>', 'matches of a text at most', '5')
    .addHelpText('after', '\nExample:\n  echo "Press the red button." | bitext memory search old.tmx --to pt --json')
    .action(run(async () => (await import('../commands/memory-search.ts')).memorySearch));
}
