import { expect, test } from 'vitest';
import { fileNameOf, suggestName } from './project-name.ts';

test.each([
  [['/home/ana/Supply agreement.docx'], 'Supply agreement'],
  [['/home/ana/manual.v2'], 'manual'],
  [['/home/ana/Supply'], 'Supply'],
  [['/home/ana/.hidden'], '.hidden'],
  [['/home/ana/job 12/a.docx', '/home/ana/job 12/b.html'], 'job 12'],
  [['/a.docx', '/b.docx'], 'a'],
  [['/home/x/a.docx', '/home/y/b.docx'], 'a'],
  [['C:\\Jobs\\March\\a.docx', 'C:\\Jobs\\March\\b.docx'], 'March'],
  [[], ''],
])('%j', (inputs, name) => {
  expect(suggestName(inputs)).toBe(name);
});

test('a file name keeps what every system takes', () => {
  expect(fileNameOf('Offer: 3/4 "final"?')).toBe('Offer 3 4 final');
  expect(fileNameOf('...')).toBe('Project');
});
