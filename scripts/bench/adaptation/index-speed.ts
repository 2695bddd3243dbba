/** How long finding the similar pairs of a sentence takes among many confirmed ones. */
import { readFileSync } from 'node:fs';
import { SimilarPairs } from '../../../native-models/adaptation/similar-pairs.ts';
import { parallelFile } from './streams.ts';

const FILES = ['python-docs.en-es.tsv', 'europarl20k.en-fr.tsv', 'comprehensive-rust.en-es.tsv'];
const QUERIES = 500;

/** Milliseconds of processor time, sorted. Where the files have fewer pairs their sources come again with a word more. */
export function searchTimes(size: number): number[] {
  const sources = FILES.flatMap((file) => readFileSync(parallelFile(file), 'utf8').trimEnd().split('\n').map((line) => line.split('\t')[0] ?? ''));
  const pairs = new SimilarPairs();
  for (let id = 0; id < size; id++) pairs.set(id, { source: `${sources[id % sources.length] ?? ''}${id < sources.length ? '' : ` again ${id % 13}`}`, target: '' });
  const times: number[] = [];
  for (let query = 0; query < 2 * QUERIES; query++) {
    const before = process.cpuUsage();
    pairs.nearest(sources[(query * 97) % sources.length] ?? '', 16);
    const { user, system } = process.cpuUsage(before);
    // The first half warms up.
    if (query >= QUERIES) times.push((user + system) / 1000);
  }
  return times.sort((a, b) => a - b);
}
