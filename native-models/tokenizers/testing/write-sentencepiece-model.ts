/** Writes small SentencePiece model files for tests: the message of sentencepiece_model.proto, and its character map. */
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { PIECE } from '../sentencepiece-model.ts';

export interface TestModel {
  readonly pieces: readonly (readonly [piece: string, score: number, type?: keyof typeof PIECE])[];
  readonly algorithm?: 'unigram' | 'bpe' | 'char';
  readonly byteFallback?: boolean;
  readonly suffix?: boolean;
  readonly addDummyPrefix?: boolean;
  readonly removeExtraWhitespaces?: boolean;
  readonly unknownSurface?: string;
  /** Rules of the character map: text to replacement. */
  readonly rules?: Readonly<Record<string, string>>;
  /** Rules for decoded text. */
  readonly denormalizerRules?: Readonly<Record<string, string>>;
}

const ALGORITHMS = { unigram: 1, bpe: 2, char: 4 } as const;
const VARINT = 0;
const BYTES = 2;
const FIXED32 = 5;

export function writeSentencePieceModel(model: TestModel): Uint8Array {
  const file = new BinaryWriter();
  for (const [piece, score, type = 'normal'] of model.pieces)
    file.tag(1, BYTES).fork().tag(1, BYTES).string(piece).tag(2, FIXED32).float(score).tag(3, VARINT).int32(PIECE[type]).join();
  file.tag(2, BYTES).fork().tag(3, VARINT).int32(ALGORITHMS[model.algorithm ?? 'unigram'])
    .tag(24, VARINT).bool(model.suffix ?? false).tag(35, VARINT).bool(model.byteFallback ?? false);
  if (model.unknownSurface !== undefined) file.tag(44, BYTES).string(model.unknownSurface);
  file.join();
  writeNormalizer(file, 3, model.rules, model.addDummyPrefix ?? true, model.removeExtraWhitespaces ?? true, true);
  if (model.denormalizerRules) writeNormalizer(file, 5, model.denormalizerRules, false, false, false);
  return file.finish();
}

function writeNormalizer(file: BinaryWriter, field: number, rules: Readonly<Record<string, string>> | undefined, prefix: boolean, trim: boolean, escape: boolean): void {
  file.tag(field, BYTES).fork();
  if (rules) file.tag(2, BYTES).bytes(writeCharacterMap(rules));
  file.tag(3, VARINT).bool(prefix).tag(4, VARINT).bool(trim).tag(5, VARINT).bool(escape).join();
}

/** The blob of a character map: size of the trie, Darts-clone double array, replacements. */
export function writeCharacterMap(rules: Readonly<Record<string, string>>): Uint8Array {
  const replacements: number[] = [];
  const entries = Object.entries(rules).map(([key, replacement]) => {
    const value = replacements.length;
    replacements.push(...Buffer.from(replacement), 0);
    return { key: Buffer.from(key), value };
  });
  // Every node gets a block of 256 units of its own: wasteful, and never a clash.
  const units = new Map<number, number>([[0, 0]]);
  let blocks = 0;
  const place = (node: number, label: number, depth: number, below: typeof entries): void => {
    const base = 256 * ++blocks;
    const offset = node ^ base;
    const ends = below.find(({ key }) => key.length === depth);
    const packed = offset < 1 << 21 ? offset << 10 : ((offset >>> 8) << 10) | 0x200;
    units.set(node, (packed | label | (ends ? 0x100 : 0)) >>> 0);
    if (ends) units.set(base, (0x80000000 | ends.value) >>> 0);
    const labels = new Set(below.filter(({ key }) => key.length > depth).map(({ key }) => key[depth] ?? 0));
    for (const next of labels) place(base ^ next, next, depth + 1, below.filter(({ key }) => key.length > depth && key[depth] === next));
  };
  place(0, 0, 0, entries);
  const trie = Buffer.alloc(4 * 256 * (blocks + 1));
  for (const [index, unit] of units) trie.writeUInt32LE(unit, 4 * index);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(trie.length);
  return Buffer.concat([size, trie, Buffer.from(replacements)]);
}
