/** Which texts adaptation is measured on: the stream of the figure, and others that its settings are chosen on. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfirmedPair } from '../../../native-models/adaptation/similar-pairs.ts';
import { checkout } from '../../setup/places.mjs';

export const SEGMENTS = 300;
/** Of the end of a stream: what is measured. */
export const MEASURED = 100;

export interface Stream {
  readonly file: string;
  /** The first line, from 0. */
  readonly start: number;
  /** The file's second column is the source. */
  readonly reversed: boolean;
}

/** The figure of the issue: the first 300 segments of a course about programming, English to Portuguese. */
export const FIGURE: Stream = { file: 'comprehensive-rust.en-pt-BR.tsv', start: 0, reversed: false };

/** Nothing of the figure's text in its direction: the words of a program's window, news, and other parts of the course into English. */
export const CHOSEN_ON: readonly Stream[] = [
  ...[0, 300].flatMap((start) => [false, true].map((reversed) => ({ file: 'poedit-ui.en-pt_BR.tsv', start, reversed }))),
  ...[false, true].map((reversed) => ({ file: 'flores-dev.en-pt.tsv', start: 0, reversed })),
  ...[600, 1500, 2400].map((start) => ({ file: 'comprehensive-rust.en-pt-BR.tsv', start, reversed: true })),
];

export const parallelFile = (name: string): string => join(process.env['BITEXT_TEST_DATA'] ?? join(checkout, '..', 'shared', 'data'), 'parallel', name);

export const languagesOf = ({ reversed }: Stream): { from: string; to: string; model: string } => (reversed ? { from: 'pt', to: 'en', model: 'pten-1693087646' } : { from: 'en', to: 'pt', model: 'enpt-1693087644' });

export function nameOf(stream: Stream): string {
  const { from, to } = languagesOf(stream);
  return `${stream.file.split('.')[0] ?? ''} ${from}-${to}, from line ${stream.start + 1}`;
}

export function readStream({ file, start, reversed }: Stream): ConfirmedPair[] {
  return readFileSync(parallelFile(file), 'utf8').trimEnd().split('\n').slice(start, start + SEGMENTS).map((line) => {
    const [first = '', second = ''] = line.split('\t');
    return reversed ? { source: second, target: first } : { source: first, target: second };
  });
}
