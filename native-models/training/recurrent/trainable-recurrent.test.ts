import { describe, expect, it } from 'vitest';
import { CELLS, CONTEXTS, DEFAULT_RECURRENT, readRecurrentConfiguration, type RecurrentConfiguration } from '../../architectures/recurrent/configuration.ts';
import { openRecurrent } from '../../runtime/open-recurrent.ts';
import type { TrainingExample } from '../corpus/batches.ts';
import { adam } from '../optimizers/adam.ts';
import { initialParameters } from '../parameters.ts';
import { openTrainingSession } from '../session/training-session.ts';
import { recurrentBatch, trainableRecurrent } from './trainable-recurrent.ts';

const SMALL: RecurrentConfiguration = { ...DEFAULT_RECURRENT, embedding: 6, hidden: 8, heads: 2, dropout: 0, tied: 'none', sourceVocabulary: 9, targetVocabulary: 7 };
const VARIED: readonly RecurrentConfiguration[] = [
  ...CONTEXTS.map((context, index) => ({ ...SMALL, context, encoderCell: CELLS[index % 3] ?? 'gru', decoderCell: CELLS[(index + 1) % 3] ?? 'gru', inputFeeding: index % 2 === 0, bidirectional: index < 4, encoderLayers: 1 + (index % 2), decoderLayers: 2 - (index % 2) })),
  { ...SMALL, tied: 'output', context: 'max' },
  { ...SMALL, tied: 'all', sourceVocabulary: 7 },
];
const name = (c: RecurrentConfiguration): string => `${c.encoderCell} x ${c.encoderLayers}${c.bidirectional ? ' both ways' : ''}, ${c.context}, ${c.decoderCell} x ${c.decoderLayers}${c.inputFeeding ? ', fed' : ''}, tied: ${c.tied}`;
/** Sentences of different lengths, so that some rows are padded. */
const examples: readonly TrainingExample[] = [{ source: [5, 3, 6, 2, 0], target: [4, 0] }, { source: [2, 0], target: [3, 5, 6, 2, 0] }, { source: [4, 4, 3, 0], target: [2, 2, 0] }];

describe.each(VARIED.map((configuration) => [name(configuration), configuration] as const))('%s', (_, configuration) => {
  it('scores outputs in the decode loop as the loss does in training, padding or not, and learns', async () => {
    const model = trainableRecurrent(configuration, 0);
    const session = await openTrainingSession(model, { parameters: initialParameters(model, 3), optimizer: adam(), seed: 1, threads: 1 });
    const before = await session.evaluate([recurrentBatch(examples)]);
    const reports = await session.steps(Array.from({ length: 12 }, () => ({ batch: recurrentBatch(examples), rate: 0.01 })));
    const { loss, tokens } = await session.evaluate([recurrentBatch(examples)]);
    expect([reports.every(({ applied }) => applied), loss < before.loss]).toEqual([true, true]);

    const compiled = openRecurrent(configuration, session.parameters(), { threads: 1, device: 'cpu' });
    const run = { alignment: true, scores: true, maxTargetTokens: 9 };
    const prefixes = examples.map(({ target }) => target.slice(0, -1));
    const { outputs } = await compiled.run(examples.map(({ source }) => source), { ...run, prefixes });
    const scoresOf = (row: number, output = outputs[row]): number[] => [...(output?.tokenScores ?? [])].slice(0, prefixes[row]?.length);
    for (const [row, example] of examples.entries()) {
      // The sum over the forced tokens is the loss of the whole target less that of the target without its end.
      const whole = await session.evaluate([recurrentBatch([example])]);
      const last = await session.evaluate([recurrentBatch([{ ...example, target: example.target.slice(0, -1) }])]);
      expect(-scoresOf(row).reduce((sum, score) => sum + score, 0)).toBeCloseTo(last.loss * last.tokens, 4);
      expect(whole.loss * whole.tokens).toBeGreaterThan(last.loss * last.tokens);
      const { outputs: [alone] } = await compiled.run([example.source], { ...run, prefixes: prefixes.slice(row, row + 1) });
      expect(scoresOf(row, alone)).toEqual(scoresOf(row).map((score) => expect.closeTo(score, 4)));
      for (let step = 0; step < (alone?.ids.length ?? 0); step++) expect(alone?.attention?.slice(step * example.source.length, (step + 1) * example.source.length).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 4);
    }
    // A beam finds nothing that scores worse than the greedy way.
    const greedy = await compiled.run(examples.map(({ source }) => source), run);
    const beams = await compiled.run(examples.map(({ source }) => source), { ...run, beam: 6, lengthPenalty: 0 });
    for (const [row, { score, truncated }] of greedy.outputs.entries()) if (!truncated) expect(beams.outputs[row]?.score).toBeGreaterThanOrEqual((score ?? 0) - 1e-4);
    expect([tokens, loss]).toEqual([10, expect.any(Number)]);
    await session.close();
    await compiled.close();
  });
});

describe('the configuration', () => {
  it('takes JSON over the defaults', () => {
    expect(readRecurrentConfiguration({ context: 'max', hidden: 32 })).toEqual({ ...DEFAULT_RECURRENT, context: 'max', hidden: 32 });
    expect(readRecurrentConfiguration(JSON.parse(JSON.stringify(SMALL)))).toEqual(SMALL);
  });

  it.each([
    [{ context: 'attention' }, '"context" is one of last, mean, max, additive, multiplicative, multi-head'],
    [{ hidden: 0 }, '"hidden" is a whole number from 1 to 8192'],
    [{ dropout: 1 }, '"dropout" is a number from 0 to below 1'],
    [{ bidirectional: 'yes' }, '"bidirectional" is true or false'],
    [{ layers: 2 }, 'there is no setting "layers"'],
    [{ context: 'multi-head', hidden: 10, heads: 4 }, "10 units can't be shared by 4 heads"],
    [{ tied: 'all', sourceVocabulary: 9 }, 'one table for source and target needs one vocabulary'],
    [[], 'a model is an object of settings'],
  ])('refuses %j', (value, what) => {
    expect(() => readRecurrentConfiguration(value)).toThrow(`The configuration of the recurrent model can't be used: ${what}.`);
  });
});
