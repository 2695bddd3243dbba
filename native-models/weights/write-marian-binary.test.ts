import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readMarianBinary } from './marian-binary.ts';
import { MarianWeights } from './marian-weights.ts';
import { floatTensor, quantizedTensor, writeMarianBinary } from './write-marian-binary.ts';
import { defaultStudentFiles } from './testing/default-students.ts';

const files = defaultStudentFiles(/^model\..*\.bin$/);

describe('writing Marian files', () => {
  it('gives tensors that read back as they were meant', () => {
    const bytes = writeMarianBinary(new Map([
      ['b', floatTensor([1, 3], Float32Array.of(0.5, -1, 2))],
      // The file holds the 2 x 3 matrix [[1, 2, 3], [4, 5, 6]] transposed.
      ['W', quantizedTensor([2, 3], Int8Array.of(1, 4, 2, 5, 3, 6), 2)],
    ]));
    const weights = new MarianWeights(readMarianBinary(bytes, 'model.bin'), 'model.bin');
    expect([[...weights.vector('b', 3)], [...weights.matrix('W', 2, 3).values]]).toEqual([[0.5, -1, 2], [0.5, 1, 1.5, 2, 2.5, 3]]);
  });
});

describe.skipIf(files.length === 0)('the installed students (need to be installed)', () => {
  it.each(files)('are written back to the same bytes: %s', (file) => {
    const bytes = readFileSync(file);
    expect(Buffer.compare(Buffer.from(writeMarianBinary(readMarianBinary(bytes, file))), bytes)).toBe(0);
  });
});
