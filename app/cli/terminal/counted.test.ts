import { expect, it } from 'vitest';
import { counted } from './counted.ts';

it('counts as people do', () => {
  expect([counted(0, 'segment'), counted(1, 'segment'), counted(1.4, 'word'), counted(1000, 'file'), counted(2, 'pass', 'passes')]).toEqual(['0 segments', '1 segment', '1 word', '1,000 files', '2 passes']);
});
