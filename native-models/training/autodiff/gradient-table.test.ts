import { describe, expect, test } from 'vitest';
import { GraphBuilder, graph } from '../../onnx/graph-builder.ts';
import { bool } from '../../onnx/tensors.ts';
import { EngineError } from '../../engine/engine-error.ts';
import { seededRandom } from '../seeded-random.ts';
import { gradientTable } from './gradient-table.ts';
import { gradients } from './gradients.ts';
import { gradientChecks } from './testing/gradient-checks.ts';
import { gradientErrors } from './testing/numeric-gradients.ts';

const SEEDS = [1, 2, 3];
const HIGHEST_RELATIVE_ERROR = 1e-3;

describe('the gradient table', () => {
  test('has a check for each row, and a row for each check', () => {
    expect(Object.keys(gradientChecks).toSorted()).toEqual(Object.keys(gradientTable).toSorted());
  });

  for (const [operator, checks] of Object.entries(gradientChecks)) {
    test(`${operator} agrees with central differences`, async () => {
      expect(checks.length).toBeGreaterThan(0);
      for (const [index, check] of checks.entries()) {
        for (const seed of SEEDS) {
          const errors = await gradientErrors(check, seededRandom(seed, index));
          expect(errors, `graph ${index}, seed ${seed}`).toHaveLength(check.inputs.length);
          for (const error of errors) expect(error, `graph ${index}, seed ${seed}: ${errors.join(', ')}`).toBeLessThan(HIGHEST_RELATIVE_ERROR);
        }
      }
    });
  }

  test('refuses an operator without a row by its name', () => {
    const g = new GraphBuilder('model');
    const x = g.input('x', 'float32', [2, 2]);
    const loss = g.node('ReduceSum', [g.node('Det', [x])]);
    expect(() => gradients(g, loss, [x])).toThrow('The operator Det has no row in the gradient table');
    expect(() => gradients(g, loss, [x])).toThrow(EngineError);
  });

  for (const type of ['If', 'Loop']) {
    test(`refuses ${type} by its name`, () => {
      const g = new GraphBuilder('model');
      const x = g.input('x', 'float32', [1]);
      const b = g.body('branch');
      b.output(b.node('Neg', [x]), 'float32');
      const branch = graph(b.finish());
      const y = g.node(type, [g.constant(bool([], [true]))], { attributes: type === 'If' ? { then_branch: branch, else_branch: branch } : { body: branch } });
      expect(() => gradients(g, y, [x])).toThrow(`The operator ${type} has no row in the gradient table`);
    });
  }

  test('gives zeros for what the loss does not depend on', () => {
    const g = new GraphBuilder('model');
    const x = g.input('x', 'float32', [1]);
    const other = g.input('other', 'float32', [2, 3]);
    const [, zeros = ''] = gradients(g, g.node('Neg', [x]), [x, other]);
    expect(g.recorded.find(({ outputs }) => outputs.includes(zeros))?.type).toBe('ConstantOfShape');
  });
});
