import { describe, expect, it } from 'vitest';
import { readMarianBinary, type MarianTensor } from '../../weights/marian-binary.ts';
import { readStudentArchitecture } from '../../weights/marian-config.ts';
import { MarianWeights } from '../../weights/marian-weights.ts';
import { SMALL_STUDENT, studentFile } from '../../weights/testing/synthetic-student.ts';
import { writeMarianBinary } from '../../weights/write-marian-binary.ts';
import type { ParameterStore } from '../parameters.ts';
import { activationMultiplier, quantizeStudent } from './quantize-student.ts';
import { embeddingOf } from './student-forward.ts';
import { readStudentParameters } from './student-parameters.ts';

const NOT_MEASURED = { ranges: new Map(), grams: new Map() };
const NAME = 'decoder_l1_rnn_W';
const tensors = readMarianBinary(studentFile(SMALL_STUDENT), 'model.bin');
const architecture = readStudentArchitecture(tensors, 'model.bin');
const parametersOf = (of: ReadonlyMap<string, MarianTensor>): ParameterStore => readStudentParameters(new MarianWeights(of, 'model.bin'), architecture);
const parameters = parametersOf(tensors);

/** The same weights, those of `name` moved a little; its second column lies close to zero. */
function moved(of: ParameterStore, name: string): ParameterStore {
  const { dims, data } = of.get(name) ?? { dims: [], data: new Float32Array() };
  return new Map([...of, [name, { dims, data: data.map((value, index) => (value + Math.sin(index) / 10) * (index % (dims[1] ?? 1) === 1 ? 1e-3 : 1)) }]]);
}

describe('trained weights in the file of a student', () => {
  it('are the same bytes where nothing was learned', () => {
    expect(writeMarianBinary(quantizeStudent(tensors, parameters, parameters, NOT_MEASURED, 'columns'))).toEqual(writeMarianBinary(tensors));
    // A matrix that no batch met says nothing of its activations.
    expect(writeMarianBinary(quantizeStudent(tensors, parameters, parameters, { ranges: new Map([[NAME, []]]), grams: new Map() }, 'columns'))).toEqual(writeMarianBinary(tensors));
  });

  it('lie on a grid of int8 for each column, and within half a step of it', () => {
    const trained = moved(parameters, NAME);
    const [, columns = 0] = trained.get(NAME)?.dims ?? [];
    const values = trained.get(NAME)?.data ?? new Float32Array();
    const written = readMarianBinary(writeMarianBinary(quantizeStudent(tensors, parameters, trained, { ranges: new Map([[NAME, [3, 5]]]), grams: new Map() }, 'columns')), 'new.bin');
    const stored = new MarianWeights(written, 'new.bin'), whole = stored.columnQuantized(NAME, 32, columns);
    const largest = Array.from({ length: columns }, (_, column) => Math.max(...values.filter((_, at) => at % columns === column).map(Math.abs)));
    expect([...(whole?.multipliers ?? [])]).toEqual(largest.map((each) => Math.fround(127 / each)));
    const errors = Array.from(values, (value, at) => Math.abs(value - (whole?.values[at] ?? NaN) / (whole?.multipliers[at % columns] ?? NaN)) / ((largest[at % columns] ?? 0) / 127));
    expect(Math.max(...errors)).toBeLessThan(0.5001);
    expect(stored.matrix(NAME, 32, columns).values).toEqual(Float32Array.from(whole?.values ?? [], (value, at) => value / (whole?.multipliers[at % columns] ?? NaN)));
    // Mean 4, deviation 1.
    expect(stored.activationMultiplier(NAME)).toBeCloseTo(127 / 5.1, 4);
    expect([...written.keys()].filter((name) => !tensors.has(name))).toEqual([`${NAME}_QuantMultB`]);
  });

  it('lie on one grid for all of a matrix where that is asked for, as Marian has it', () => {
    const trained = moved(parameters, NAME);
    const [, columns = 0] = trained.get(NAME)?.dims ?? [];
    const values = trained.get(NAME)?.data ?? new Float32Array();
    const written = readMarianBinary(writeMarianBinary(quantizeStudent(tensors, parameters, trained, NOT_MEASURED, 'matrix')), 'new.bin');
    expect([...written.keys()]).toEqual([...tensors.keys()]);
    const { multiplier, values: whole } = new MarianWeights(written, 'new.bin').quantized(NAME, 32, columns);
    expect(multiplier).toBe(Math.fround(127 / Math.max(...values.map(Math.abs))));
    expect(whole).toEqual(Int8Array.from(values, (value) => Math.round(value * multiplier)));
  });

  it('are learned again: what moves gets new grids, what does not keeps its bytes', () => {
    const once = quantizeStudent(tensors, parameters, moved(parameters, NAME), NOT_MEASURED, 'columns');
    const first = parametersOf(once);
    expect(writeMarianBinary(quantizeStudent(once, first, first, NOT_MEASURED, 'columns'))).toEqual(writeMarianBinary(once));
    const twice = quantizeStudent(once, first, moved(first, NAME), NOT_MEASURED, 'columns');
    expect([...twice.keys()]).toEqual([...once.keys()]);
    const [, columns = 0] = first.get(NAME)?.dims ?? [];
    const before = new MarianWeights(once, 'once.bin').columnQuantized(NAME, 32, columns)?.multipliers, after = new MarianWeights(twice, 'twice.bin').columnQuantized(NAME, 32, columns)?.multipliers;
    expect(after).not.toEqual(before);
  });

  it('keep one grid in a table of embeddings, whose rows are gathered', () => {
    const table = embeddingOf(architecture, 'source');
    const trained = moved(parameters, table);
    const written = quantizeStudent(tensors, parameters, trained, NOT_MEASURED, 'columns');
    expect([...written.keys()]).toEqual([...tensors.keys()]);
    const [rows = 0, columns = 0] = trained.get(table)?.dims ?? [];
    const values = trained.get(table)?.data ?? new Float32Array();
    const { multiplier, values: whole } = new MarianWeights(written, 'new.bin').quantized(table, rows, columns);
    expect(whole).toEqual(Int8Array.from(values, (value) => Math.round(value * multiplier)));
    expect(multiplier).toBe(Math.fround(127 / values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)));
  });
});

describe('multipliers of activations', () => {
  it('fill int8 up to the mean of what was measured and 1.1 deviations', () => {
    expect(activationMultiplier([2, 2, 2])).toBe(63.5);
  });
});
