/** Commands that take documents and texts: translation, segmentation, what a document says, checks. */
import type { Command } from 'commander';
import { run, withEngineOptions, withOutputOptions } from '../command.ts';

export function addDocumentCommands(program: Command): void {
  withEngineOptions(program.command('translate').description('translate files and folders, or lines from stdin when the input is -'))
    .argument('<inputs...>', 'files, folders, or - for lines from stdin')
    .requiredOption('--to <lang>', 'target language, e.g. pt')
    .option('--from <lang>', 'source language; auto tells it from the text', 'en')
    .option('--out <dir>', 'where translations go; the tree of a folder is mirrored')
    .option('--model <id>', 'a model id, or the folder of a model (default: the best for the pair)')
    .option('--bilingual <list>', 'bilingual files to deliver as well: xliff12,xliff21,tmx,html,tsv')
    .option('--terms <files...>', 'termbases that bind: tables (TSV, CSV: term, translation) or TBX')
    .option('--memory <files...>', 'translation memories that are asked before the model: TMX, TSV, XLIFF, PO, projects (.bitext)')
    .option('--threshold <percent>', 'what matches less is not taken from a memory (default: 75)')
    .option('--beam <n>', 'hypotheses of a beam search: slower, seldom better (default: as the model says)')
    .option('--project <file>', 'the project that keeps the work (default: project.bitext in the output folder)')
    .option('--report <file>', 'copy of the JSON receipt')
    .option('--watch', 'stay, and translate what is added to the inputs')
    .option('--shard <i/n>', 'only this part of the files, for several machines')
    .option('--force', 'start over: a project that is there is put aside')
    .addHelpText('after', '\nExamples:\n  bitext translate contracts/ --from en --to pt --out delivery --bilingual xliff21,tmx\n  bitext translate manual.docx --to pt --out delivery --memory old.tmx --threshold 80\n  echo "Good morning." | bitext translate - --to pt')
    .action(run(async () => (await import('../commands/translate.ts')).translate));

  withOutputOptions(program.command('segment').description('cut text from stdin into sentences, one a line'))
    .option('--lang <lang>', 'language of the text', 'en')
    .option('--srx <file>', 'segmentation rules to use instead of the built-in ones')
    .addHelpText('after', '\nExample:\n  echo "Dr. Lee came. She left." | bitext segment --lang en')
    .action(run(async () => (await import('../commands/segment.ts')).segment));

  withOutputOptions(program.command('extract').description("a document's translatable texts"))
    .argument('<file>').option('--from <lang>', 'source language', 'en').option('--to <lang>', 'target language', 'pt').option('--encoding <name>', 'of a text file, when it is not detected')
    .addHelpText('after', '\nExample:\n  bitext extract manual.html --json')
    .action(run(async () => (await import('../commands/extract.ts')).extract));
  withOutputOptions(program.command('roundtrip').description('write a document back unchanged'))
    .argument('<file>').requiredOption('-o, --output <file>', 'the file to write').option('--encoding <name>', 'of a text file, when it is not detected')
    .addHelpText('after', '\nExample:\n  bitext roundtrip contract.docx -o copy.docx')
    .action(run(async () => (await import('../commands/roundtrip.ts')).roundtrip));
  withOutputOptions(program.command('pseudo').description('pseudo-translate a document, to see what would be translated and what would not fit'))
    .argument('<file>').requiredOption('-o, --output <file>', 'the file to write').option('--to <lang>', 'declared language of the result', 'pt').option('--lengthen', 'make texts a third longer').option('--encoding <name>', 'of a text file, when it is not detected')
    .addHelpText('after', '\nExample:\n  bitext pseudo page.html -o page.pseudo.html --lengthen')
    .action(run(async () => (await import('../commands/pseudo.ts')).pseudo));
  withOutputOptions(program.command('formats').description('document formats and bilingual files that the studio reads and writes'))
    .addHelpText('after', '\nExample:\n  bitext formats --json')
    .action(run(async () => (await import('../commands/formats.ts')).formats));

  withEngineOptions(program.command('summarize').description('sum a document up with a local model: BART, Pegasus, T5 and others of Hugging Face'))
    .argument('<file>', 'a document, or - for text from stdin').option('--model <id>', 'a model id, or the folder of a model (default: the first that does it)').option('--lang <lang>', 'language of the document, for its sentences', 'en')
    .addHelpText('after', '\nExamples:\n  bitext summarize report.docx --model models/bart-large-cnn\n  bitext summarize - < notes.txt')
    .action(run(async () => (await import('../commands/summarize.ts')).summarize));
  withEngineOptions(program.command('ask').description('answer a question from a document with a local model (T5), with the segment that the answer comes from'))
    .argument('<file>', 'a document, or - for text from stdin').requiredOption('--question <text>', 'what the text is to answer').option('--model <id>', 'a model id, or the folder of a model (default: the first that does it)').option('--lang <lang>', 'language of the document, for its sentences', 'en')
    .addHelpText('after', '\nExample:\n  bitext ask contract.docx --question "When does the contract end?"')
    .action(run(async () => (await import('../commands/ask.ts')).ask));

  withOutputOptions(program.command('check').description('check the translations of a bilingual file: tags, numbers, addresses'))
    .argument('<file>', 'XLIFF or PO; TMX and TSV that the studio wrote')
    .option('--terms <files...>', 'termbases: terms that the translations must have').option('--from <lang>', 'source language, to find it in them', 'en').option('--to <lang>', 'target language, to find it in them', 'pt')
    .addHelpText('after', '\nExample:\n  bitext check delivery/bilingual/xliff12/contract.docx.xlf')
    .action(run(async () => (await import('../commands/check.ts')).check));
}
