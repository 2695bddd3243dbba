/** Commands that teach models, and measure what they learned. */
import type { Command } from 'commander';
import { run, withEngineOptions, withOutputOptions } from '../command.ts';

export function addTrainingCommands(program: Command): void {
  withOutputOptions(program.command('evaluate').description('score translations on stdin, one a line, against references: BLEU, chrF, chrF++ and TER as sacreBLEU counts them'))
    .requiredOption('--ref <files...>', 'references, one a line; several files are several references of each line')
    .option('--tokenize <name>', 'of BLEU: 13a, intl, zh, char or none', '13a').option('--smooth <name>', 'of BLEU: exp, floor, add-k or none', 'exp')
    .option('--lowercase', 'BLEU and chrF without regard to case (TER always is)').option('--effective-order', 'of BLEU: leave out orders that short texts have no n-grams of')
    .addHelpText('after', '\nExample:\n  bitext translate - --to pt < source.txt | bitext evaluate --ref reference.txt')
    .action(run(async () => (await import('../commands/evaluate.ts')).evaluate));

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
    .action(run(async () => (await import('../commands/finetune.ts')).finetune));

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
    .action(run(async () => (await import('../commands/train.ts')).train));

  const runs = program.command('runs').description('trainings and fine-tunings: their curves, checkpoints, and what the model said at each');
  const withWorkspace = (command: Command): Command => withOutputOptions(command).option('--workspace <dir>', "the studio's data folder (default: BITEXT_HOME, else the platform's)");
  withWorkspace(runs.command('list').description('runs in the studio, newest first'))
    .addHelpText('after', '\nExample:\n  bitext runs list')
    .action(run(async () => (await import('../commands/runs-list.ts')).runsList));
  withWorkspace(runs.command('show').description('what a run measured, what it said of held-out sentences then, and which checkpoints are kept'))
    .argument('<run>', 'the folder of a run, or its name in the list')
    .addHelpText('after', '\nExample:\n  bitext runs show models/en-es.run')
    .action(run(async () => (await import('../commands/runs-show.ts')).runsShow));
  withWorkspace(runs.command('attention').description('what the model makes of a text at a checkpoint, and where it looks'))
    .argument('<run>', 'the folder of a run, or its name in the list').argument('<text>', 'a sentence in the language of the sources')
    .option('--at <step>', 'a step that has a checkpoint; best, latest, or before: as it was before it was fine-tuned', 'best')
    .option('--model <id>', 'the model that is fine-tuned, where the run does not say').option('--threads <n>', 'threads (default: 2)')
    .addHelpText('after', '\nExample:\n  bitext runs attention models/en-es.run "The list is empty." --at 2000')
    .action(run(async () => (await import('../commands/runs-attention.ts')).runsAttention));
}
