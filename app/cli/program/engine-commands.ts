/** Commands on the machine and the engine itself. */
import type { Command } from 'commander';
import { run, withEngineOptions, withOutputOptions } from '../command.ts';

export function addEngineCommands(program: Command): void {
  withEngineOptions(program.command('doctor').description('what works on this machine, and what to do about what does not'))
    .addHelpText('after', '\nExample:\n  bitext doctor')
    .action(run(async () => (await import('../commands/doctor.ts')).doctor));
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
    .action(run(async () => (await import('../commands/generate.ts')).generate));
}
