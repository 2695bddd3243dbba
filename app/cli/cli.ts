/** `bitext`: the studio from the command line. Each command is a file in `commands/`, loaded when it is called. */
import { Command, CommanderError } from 'commander';
import { run, withEngineOptions, withOutputOptions } from './command.ts';
import { EXIT } from './terminal/exit-codes.ts';
import { endWithReader } from './terminal/terminal.ts';
import { STUDIO_VERSION } from '../core/studio-version.ts';

/** The program with all its commands; nothing runs until it is parsed. */
export function buildProgram(): Command {
  const program = new Command('bitext')
    .description('Offline translation of documents: local models, bilingual files, proved deliveries.')
    .version(STUDIO_VERSION)
    .configureHelp({ sortSubcommands: false, showGlobalOptions: true })
    .showHelpAfterError('(bitext COMMAND --help shows how it is used)')
    .exitOverride();

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
    .action(run(async () => (await import('./commands/translate.ts')).translate));

  withOutputOptions(program.command('segment').description('cut text from stdin into sentences, one a line'))
    .option('--lang <lang>', 'language of the text', 'en')
    .option('--srx <file>', 'segmentation rules to use instead of the built-in ones')
    .addHelpText('after', '\nExample:\n  echo "Dr. Lee came. She left." | bitext segment --lang en')
    .action(run(async () => (await import('./commands/segment.ts')).segment));

  withOutputOptions(program.command('extract').description("a document's translatable texts"))
    .argument('<file>').option('--from <lang>', 'source language', 'en').option('--to <lang>', 'target language', 'pt').option('--encoding <name>', 'of a text file, when it is not detected')
    .addHelpText('after', '\nExample:\n  bitext extract manual.html --json')
    .action(run(async () => (await import('./commands/extract.ts')).extract));
  withOutputOptions(program.command('roundtrip').description('write a document back unchanged'))
    .argument('<file>').requiredOption('-o, --output <file>').option('--encoding <name>', 'of a text file, when it is not detected')
    .addHelpText('after', '\nExample:\n  bitext roundtrip contract.docx -o copy.docx')
    .action(run(async () => (await import('./commands/roundtrip.ts')).roundtrip));
  withOutputOptions(program.command('pseudo').description('pseudo-translate a document, to see what would be translated and what would not fit'))
    .argument('<file>').requiredOption('-o, --output <file>').option('--to <lang>', 'declared language of the result', 'pt').option('--lengthen', 'make texts a third longer').option('--encoding <name>', 'of a text file, when it is not detected')
    .addHelpText('after', '\nExample:\n  bitext pseudo page.html -o page.pseudo.html --lengthen')
    .action(run(async () => (await import('./commands/pseudo.ts')).pseudo));
  withOutputOptions(program.command('formats').description('document formats and bilingual files that the studio reads and writes'))
    .action(run(async () => (await import('./commands/formats.ts')).formats));

  withEngineOptions(program.command('summarize').description('sum a document up with a local model: BART, Pegasus, T5 and others of Hugging Face'))
    .argument('<file>', 'a document, or - for text from stdin').option('--model <id>', 'a model id, or the folder of a model (default: the first that does it)').option('--lang <lang>', 'language of the document, for its sentences', 'en')
    .addHelpText('after', '\nExamples:\n  bitext summarize report.docx --model models/bart-large-cnn\n  bitext summarize - < notes.txt')
    .action(run(async () => (await import('./commands/summarize.ts')).summarize));
  withEngineOptions(program.command('ask').description('answer a question from a document with a local model (T5), with the segment that the answer comes from'))
    .argument('<file>', 'a document, or - for text from stdin').requiredOption('--question <text>').option('--model <id>', 'a model id, or the folder of a model (default: the first that does it)').option('--lang <lang>', 'language of the document, for its sentences', 'en')
    .addHelpText('after', '\nExample:\n  bitext ask contract.docx --question "When does the contract end?"')
    .action(run(async () => (await import('./commands/ask.ts')).ask));

  withOutputOptions(program.command('evaluate').description('score translations on stdin, one a line, against references: BLEU, chrF, chrF++ and TER as sacreBLEU counts them'))
    .requiredOption('--ref <files...>', 'references, one a line; several files are several references of each line')
    .option('--tokenize <name>', 'of BLEU: 13a, intl, zh, char or none', '13a').option('--smooth <name>', 'of BLEU: exp, floor, add-k or none', 'exp')
    .option('--lowercase', 'BLEU and chrF without regard to case (TER always is)').option('--effective-order', 'of BLEU: leave out orders that short texts have no n-grams of')
    .addHelpText('after', '\nExample:\n  bitext translate - --to pt < source.txt | bitext evaluate --ref reference.txt')
    .action(run(async () => (await import('./commands/evaluate.ts')).evaluate));

  withOutputOptions(program.command('check').description('check the translations of a bilingual file: tags, numbers, addresses'))
    .argument('<file>', 'XLIFF or PO; TMX and TSV that the studio wrote')
    .option('--terms <files...>', 'termbases: terms that the translations must have').option('--from <lang>', 'source language, to find it in them', 'en').option('--to <lang>', 'target language, to find it in them', 'pt')
    .addHelpText('after', '\nExample:\n  bitext check delivery/bilingual/xliff12/contract.docx.xlf')
    .action(run(async () => (await import('./commands/check.ts')).check));

  const project = program.command('project').description('work with a .bitext project file');
  withEngineOptions(project.command('new').description('make a project of files and folders'))
    .argument('<project>').argument('[inputs...]').requiredOption('--to <lang>', 'target language').option('--from <lang>', 'source language; auto tells it from the text', 'en').option('--name <name>')
    .addHelpText('after', '\nExample:\n  bitext project new offer.bitext offer/ --from en --to pt')
    .action(run(async () => (await import('./commands/project-new.ts')).projectNew));
  withEngineOptions(project.command('add').description('add files and folders')).argument('<project>').argument('<inputs...>')
    .action(run(async () => (await import('./commands/project-add.ts')).projectAdd));
  withEngineOptions(project.command('update').description('take in new versions of documents, keeping what is unchanged; new files are added')).argument('<project>').argument('<inputs...>')
    .addHelpText('after', '\nExample:\n  bitext project update offer.bitext offer/')
    .action(run(async () => (await import('./commands/project-update.ts')).projectUpdate));
  withEngineOptions(project.command('info').description('languages, files and counts')).argument('<project>')
    .action(run(async () => (await import('./commands/project-info.ts')).projectInfo));
  withEngineOptions(project.command('analyze').description('words of each file by how well memories match them, and what repeats itself')).argument('<project>')
    .option('--memory <files...>', 'translation memories to compare with')
    .addHelpText('after', '\nExample:\n  bitext project analyze offer.bitext --memory old.tmx --json')
    .action(run(async () => (await import('./commands/project-analyze.ts')).projectAnalyze));
  withEngineOptions(project.command('check').description('what the checks found in the translations: tags, numbers, addresses, terms')).argument('<project>')
    .action(run(async () => (await import('./commands/project-check.ts')).projectCheck));
  withEngineOptions(project.command('pretranslate').description('machine-translate what has no translation yet')).argument('<project>').option('--model <id>').option('--drafts', 'translate drafts again, too').option('--terms <files...>', 'termbases that bind: tables (TSV, CSV: term, translation) or TBX')
    .option('--memory <files...>', 'translation memories that are asked before the model').option('--threshold <percent>', 'what matches less is not taken from a memory (default: 75)').option('--beam <n>', 'hypotheses of a beam search')
    .action(run(async () => (await import('./commands/project-pretranslate.ts')).projectPretranslate));
  withEngineOptions(project.command('export').description('deliver: target documents, bilingual files and the receipt')).argument('<project>').requiredOption('--out <dir>').option('--bilingual <list>', 'xliff12,xliff21,tmx,html,tsv')
    .addHelpText('after', '\nExample:\n  bitext project export offer.bitext --out delivery --bilingual xliff12')
    .action(run(async () => (await import('./commands/project-export.ts')).projectExport));
  withEngineOptions(project.command('history').description('the edit log of one segment, newest last')).argument('<project>').argument('<segment>', 'number of the segment')
    .action(run(async () => (await import('./commands/project-history.ts')).projectHistory));

  withEngineOptions(project.command('adapt').description('let confirmed segments lead the suggestions for others: turn it on or off, see and take back what was learned')).argument('<project>')
    .option('--on').option('--off').option('--way <way>', 'with --on: memory (similar segments lead each sentence), steps (the weights learn) or both; both in a new project')
    .option('--learn', 'make steps of all segments that wait').option('--list', 'what was learned, the newest first').option('--undo [segments...]', 'take segments out of it again; the newest when none is named').option('--undo-step <which>', 'take steps back: newest, all, or a number with those behind it')
    .addHelpText('after', '\nExample:\n  bitext project adapt offer.bitext --on --way both')
    .action(run(async () => (await import('./commands/project-adapt.ts')).projectAdapt));

  withEngineOptions(project.command('terms').description('the termbases that bind in the project: in suggestions, translations and checks')).argument('<project>')
    .option('--add <files...>', 'copy termbases into the project: tables (TSV, CSV: term, translation) or TBX; a file that was copied before is read again')
    .option('--term <texts...>', 'a term and its translation; forms of each are separated by |').option('--forbid <texts...>', 'a term and what must not stand for it')
    .option('--remove <names...>', 'termbases by their name, or terms by their number').option('--list [text]', 'the terms with their numbers, or those that have a text')
    .addHelpText('after', '\nExamples:\n  bitext project terms offer.bitext --add customer.tbx\n  bitext project terms offer.bitext --term "water pump" "bomba de água"')
    .action(run(async () => (await import('./commands/project-terms.ts')).projectTerms));

  const memory = program.command('memory').description('translation memories');
  withOutputOptions(memory.command('search').description('what memories have for texts on stdin, one a line'))
    .argument('<files...>', 'TMX, TSV (source, tab, translation), XLIFF, PO, or projects (.bitext) with confirmed segments')
    .option('--from <lang>', 'language of the texts', 'en').option('--to <lang>', 'language of the translations', 'pt')
    .option('--min <percent>', 'matches below are left out', '70').option('--max <n>', 'matches of a text at most', '5')
    .addHelpText('after', '\nExample:\n  echo "Press the red button." | bitext memory search old.tmx --to pt --json')
    .action(run(async () => (await import('./commands/memory-search.ts')).memorySearch));

  const models = program.command('models').description('the local models');
  withEngineOptions(models.command('list').description('models that can be used, and why others can not'))
    .action(run(async () => (await import('./commands/models-list.ts')).modelsList));
  withCatalogue(models.command('available').description('models that Mozilla publishes, with pair, size and licence; asks their server'))
    .argument('[language]', 'only models from or to this language, or whose id has this in it')
    .addHelpText('after', '\nExample:\n  bitext models available pt')
    .action(run(async () => (await import('./commands/models-available.ts')).modelsAvailable));
  withCatalogue(models.command('download').description("fetch a published model into the studio's own store, or go on where that was cut off"))
    .argument('<model>', 'an id, or a pair like en-pt')
    .addHelpText('after', '\nExample:\n  bitext models download en-es')
    .action(run(async () => (await import('./commands/models-download.ts')).modelsDownload));
  withEngineOptions(models.command('import').description("copy a model's folder, or one in a zip, into the studio's own store, and find out how well it does in fewer bits")).argument('<path>')
    .option('--quality <tsv>', 'sources with a reference each, a tab between them, to measure that with')
    .addHelpText('after', '\nExample:\n  bitext models import opus-mt-en-de/ --quality dev.tsv')
    .action(run(async () => (await import('./commands/models-import.ts')).modelsImport));
  withEngineOptions(models.command('inspect').description('what a model is: family, languages, sizes, files, licence, what was measured of it')).argument('<id>')
    .addHelpText('after', '\nExample:\n  bitext models inspect enpt-1693087644 --json')
    .action(run(async () => (await import('./commands/models-inspect.ts')).modelsInspect));
  withEngineOptions(models.command('bench').description('how fast a model is on this machine: loading, one sentence, many sentences, memory')).argument('<id>')
    .option('--text <file>', 'sentences to translate, one a line, instead of the built-in ones').option('--seconds <n>', 'how long to translate batches', '5')
    .option('--from <lang>', 'source language of a model with several').option('--to <lang>', 'target language of a model with several')
    .addHelpText('after', '\nExample:\n  bitext models bench enpt-1693087644 --threads 1')
    .action(run(async () => (await import('./commands/models-bench.ts')).modelsBench));
  withEngineOptions(models.command('remove').description("delete a model from the studio's own store")).argument('<id>')
    .action(run(async () => (await import('./commands/models-remove.ts')).modelsRemove));
  withEngineOptions(models.command('verify').description("compare a model's files with the hashes in its manifest")).argument('<id>')
    .action(run(async () => (await import('./commands/models-verify.ts')).modelsVerify));

  withEngineOptions(models.command('back').description('go back from a fine-tuned model to the one it is based on')).argument('<id>')
    .option('--undo', 'use the fine-tuned one again')
    .action(run(async () => (await import('./commands/models-back.ts')).modelsBack));
  withEngineOptions(program.command('finetune').description('teach a model your own corpus; a new version is stored where it got better on pairs that it never saw'))
    .argument('<corpus>', 'text file with a source, a tab and its translation in each line')
    .option('--from <lang>', 'language of the sources').option('--to <lang>', 'language of the translations')
    .option('--model <id>', 'the model to begin with: a student, a Marian teacher, or float weights of Marian, M2M100, NLLB, mBART, BART, Pegasus, T5, mT5 (default: the one that the pair is translated with)')
    .option('--task <task>', 'translation, summarization (text, summary) or question-answering (question, text, answer)', 'translation')
    .option('--general <file>', 'general sentences, one a line, that the model is to go on translating as it does; with references behind a tab it is measured, too')
    .option('--run <dir>', 'folder of the run, with its log and checkpoints; a run that was stopped goes on there')
    .option('--epochs <n>', 'passes over the corpus').option('--rate <x>', 'highest learning rate')
    .option('--rank <n>', 'learn changes of this rank only (LoRA), or "full" (default: full as far as that takes 2 GiB, else 16)').option('--seed <n>', 'seed of everything random')
    .addHelpText('after', '\nExample:\n  bitext finetune memory.tsv --from en --to pt --general news.txt')
    .action(run(async () => (await import('./commands/finetune.ts')).finetune));

  withOutputOptions(program.command('train').description('train a model from a corpus alone: recurrent networks with attention, or a transformer'))
    .argument('<corpus>', 'text file, an example a line, columns separated by tabs')
    .requiredOption('--out <dir>', 'folder for the model; must not exist')
    .option('--task <task>', 'translation, summarization or question-answering (question, context, answer)', 'translation')
    .option('--columns <list>', 'columns of the corpus from 1, the target last: 1,2 or 1,2,3')
    .option('--from <lang>', 'language of the sources', 'und').option('--to <lang>', 'language of the targets', 'und')
    .option('--preset <name>', 'gru-attention (default), gru-multiplicative, gru-multi-head, lstm-attention, lstm-last, rnn-attention, transformer, transformer-attention or tiny')
    .option('--config <file>', 'JSON that changes settings of the preset')
    .option('--vocabulary <files...>', 'SentencePiece models of both sides, or one for both, instead of training them')
    .option('--run <dir>', 'folder of the run, with log, curve and checkpoints (default: beside the model); a run that was stopped goes on there')
    .option('--steps <n>', 'steps at most').option('--seed <n>', 'seed of everything random').option('--threads <n>', 'threads (default: 2)')
    .option('--device <device>', 'where steps are computed: auto, cpu, webgpu, directml, coreml or cuda', 'auto')
    .addHelpText('after', `
A configuration: {"preset": "gru-attention", "model": {"encoderCell": "lstm", "decoderCell": "lstm", "context": "multi-head",
"heads": 4, "encoderLayers": 2, "hidden": 384}, "vocabulary": {"size": 4000, "joint": true}, "steps": 10000, "rate": 0.001}

Example:
  bitext train corpus.tsv --from en --to es --out models/en-es`)
    .action(run(async () => (await import('./commands/train.ts')).train));

  const runs = program.command('runs').description('trainings and fine-tunings: their curves, checkpoints, and what the model said at each');
  const withWorkspace = (command: Command): Command => withOutputOptions(command).option('--workspace <dir>', "the studio's data folder (default: BITEXT_HOME, else the platform's)");
  withWorkspace(runs.command('list').description('runs in the studio, newest first'))
    .action(run(async () => (await import('./commands/runs-list.ts')).runsList));
  withWorkspace(runs.command('show').description('what a run measured, what it said of held-out sentences then, and which checkpoints are kept'))
    .argument('<run>', 'the folder of a run, or its name in the list')
    .action(run(async () => (await import('./commands/runs-show.ts')).runsShow));
  withWorkspace(runs.command('attention').description('what the model makes of a text at a checkpoint, and where it looks'))
    .argument('<run>', 'the folder of a run, or its name in the list').argument('<text>', 'a sentence in the language of the sources')
    .option('--at <step>', 'a step that has a checkpoint; best, latest, or before: as it was before it was fine-tuned', 'best')
    .option('--model <id>', 'the model that is fine-tuned, where the run does not say').option('--threads <n>', 'threads (default: 2)')
    .addHelpText('after', '\nExample:\n  bitext runs attention models/en-es.run "The list is empty." --at 2000')
    .action(run(async () => (await import('./commands/runs-attention.ts')).runsAttention));

  withEngineOptions(program.command('doctor').description('what works on this machine, and what to do about what does not'))
    .action(run(async () => (await import('./commands/doctor.ts')).doctor));
  withOutputOptions(program.command('generate').description('the engine itself: JSON lines on stdin, JSON lines on stdout'))
    .requiredOption('--model <dir>', "folder of a Hugging Face model or a Marian teacher, or its name among the models")
    .option('--weights', "build the graphs from model.safetensors or Marian's files (default where there are some)")
    .option('--onnx', "take the folder's exported graphs")
    .option('--precision <precision>', 'float32, int8 or float16: of the graphs that are built, or which of the exported ones', 'float32')
    .option('--device <device>', 'cpu, webgpu, directml, coreml or cuda: where the graphs run', 'cpu')
    .option('--threads <n>', 'threads of one run', '1')
    .option('--workspace <dir>', "the studio's data folder")
    .option('--debug', 'add encoder, step0 and alignment: numbers to compare with another implementation')
    .addHelpText('after', `
A line in:  {"text": "..." or "ids": [...], "src_lang": "...", "tgt_lang": "...", "params": {...}}
A line out: {"ids": [...], "output": [{"ids": [...], "text": "...", "score": ...}]}, or {"error": {...}}
params has the names of Hugging Face's generation config (num_beams, length_penalty, ...) and its defaults; without params
the folder's own generation config holds. Also in params: prefix (text that the output begins with, its last word open),
must_contain and must_not_contain (texts; an output that lacks one names it in "missing").

Example:
  echo '{"text": "Good morning.", "params": {"num_beams": 4}}' | bitext generate --model opus-mt-en-de --onnx`)
    .action(run(async () => (await import('./commands/generate.ts')).generate));
  program.command('completion').description('shell completion: bash, zsh or fish').argument('<shell>')
    .addHelpText('after', '\nExample:\n  source <(bitext completion bash)')
    .action(run(async () => (await import('./commands/completion.ts')).completionOf(program)));
  return program;
}

/** Options of the commands that ask the catalogue's server, the only ones that use the network. */
const withCatalogue = (command: Command): Command => withOutputOptions(command)
  .option('--workspace <dir>', "the studio's data folder (default: BITEXT_HOME, else the platform's)")
  .option('--catalogue <address>', "server to ask instead of Mozilla's (also BITEXT_CATALOGUE)");

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
