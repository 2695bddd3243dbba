/** `--shard i/n`: one machine's part of a folder that several machines translate. */
import { createHash } from 'node:crypto';
import { StudioError } from '../../contract/errors.ts';
import { walk } from '../../core/files/walk.ts';

export interface Shard { readonly index: number; readonly count: number }

/** Reads `2/4`; throws INVALID_INPUT for anything else. */
export function parseShard(text: string): Shard {
  const [, index, count] = /^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  if (!(shard.index >= 1 && shard.index <= shard.count)) throw new StudioError('INVALID_INPUT', `--shard takes i/n with i from 1 to n, such as 2/4, not ${text}.`);
  return shard;
}

/**
 * Absolute paths of the files that belong to the other shards. A file's shard follows from its path in the folder alone, so
 * every machine decides alike, and a file that is added moves no other.
 */
export async function filesOfOtherShards(inputs: readonly string[], exclude: readonly string[], { index, count }: Shard): Promise<string[]> {
  const others: string[] = [];
  for await (const found of walk(inputs, { exclude }))
    if (!('code' in found) && createHash('sha256').update(found.relative).digest().readUInt32BE(0) % count !== index - 1) others.push(found.path);
  return others;
}
