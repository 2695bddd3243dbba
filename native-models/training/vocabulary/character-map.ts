/**
 * The normalization that new vocabularies are trained with, as the character map that SentencePiece keeps in a model file:
 * Unicode NFKC (UAX #15), control characters dropped, every kind of space made a space. It is computed from this runtime's
 * Unicode tables. The map is a Darts-clone double array over UTF-8 keys, and the replacements, each ended by a zero byte.
 */

/**
 * Replacement by text. Keys are single characters, base letters with combining marks that compose to one character, and
 * halfwidth katakana with their voicing marks. Other compatibility characters don't compose with the marks behind them.
 */
export function nfkcRules(): Map<string, string> {
  const rules = new Map<string, string>();
  for (let code = 1; code <= 0x10ffff; code++) {
    if (code >= 0xd800 && code < 0xe000) continue;
    const character = String.fromCodePoint(code);
    const replacement = replacementOf(character);
    if (replacement !== character) rules.set(character, replacement);
    const decomposed = character.normalize('NFD');
    // Hangul syllables decompose by the thousand; text with conjoining jamo stays as it is.
    if (decomposed !== character && !/\p{Script=Hangul}/u.test(character) && decomposed.normalize('NFC') === character) rules.set(decomposed, replacement);
  }
  for (let code = 0xff66; code <= 0xff9d; code++)
    for (const mark of ['\uff9e', '\uff9f']) {
      const pair = String.fromCodePoint(code) + mark;
      const composed = pair.normalize('NFKC');
      if (composed.length === 1) rules.set(pair, composed);
    }
  return rules;
}

function replacementOf(character: string): string {
  // Soft hyphen and zero-width characters are format controls that a translation model can't learn anything from;
  // the joiners change letters in Arabic and Indic scripts and stay.
  if (/[\t\n\r\u0085\u2028\u2029]|\p{Zs}/u.test(character)) return ' ';
  if (/[\p{Cc}\u00ad\u200b\u200e\u200f\u2060\ufeff]/u.test(character)) return '';
  return character.normalize('NFKC').replace(/\p{Zs}/gu, ' ');
}

interface Rule {
  readonly key: Uint8Array;
  /** Where the replacement starts. */
  readonly value: number;
}

/** The bytes of `NormalizerSpec.precompiled_charsmap`: length of the trie (uint32), trie, replacements. */
export function encodeCharacterMap(rules: ReadonlyMap<string, string>): Uint8Array {
  const replacements: number[] = [];
  const starts = new Map<string, number>();
  const sorted = [...rules].map(([key, replacement]): Rule => {
    let value = starts.get(replacement);
    if (value === undefined) {
      value = replacements.length;
      starts.set(replacement, value);
      for (const byte of Buffer.from(replacement)) replacements.push(byte);
      replacements.push(0);
    }
    return { key: Buffer.from(key), value };
  }).sort((a, b) => Buffer.compare(a.key, b.key));
  const units = new DoubleArray().build(sorted);
  const bytes = new Uint8Array(4 + 4 * units.length + replacements.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 4 * units.length, true);
  units.forEach((unit, i) => view.setUint32(4 + 4 * i, unit, true));
  bytes.set(replacements, 4 + 4 * units.length);
  return bytes;
}

const HAS_LEAF = 0x100;
const LEAF = 0x80000000;

/** Places each node's children where `base ^ label` is free for every label, the first such base. */
class DoubleArray {
  #units = new Uint32Array(1 << 16);
  #used = new Uint8Array(1 << 16);
  #usedBases = new Uint8Array(1 << 16);
  #firstFree = 1;
  #last = 0;

  /** `rules` in the order of their keys. */
  build(rules: readonly Rule[]): Uint32Array {
    this.#used[0] = 1;
    if (rules.length > 0) this.#place(0, 0, 0, rules, 0, rules.length);
    // A reader may look anywhere in the block of 256 units that a base lies in.
    return this.#units.slice(0, (this.#last | 0xff) + 1);
  }

  #place(node: number, label: number, depth: number, rules: readonly Rule[], from: number, to: number): void {
    const first = rules[from];
    const leaf = first !== undefined && first.key.length === depth ? first : null;
    const groups: { label: number; from: number; to: number }[] = [];
    for (let at = leaf === null ? from : from + 1; at < to; at++) {
      const byte = rules[at]?.key[depth] ?? 0;
      const group = groups.at(-1);
      if (group?.label === byte) group.to = at + 1;
      else groups.push({ label: byte, from: at, to: at + 1 });
    }
    const labels = leaf === null ? groups.map((group) => group.label) : [0, ...groups.map((group) => group.label)];
    const base = this.#findBase(node, labels);
    for (const each of labels) this.#occupy(base ^ each);
    const offset = node ^ base;
    this.#units[node] = (offset << 10) | label | (leaf === null ? 0 : HAS_LEAF);
    if (leaf !== null) this.#units[base] = (LEAF | leaf.value) >>> 0;
    for (const group of groups) this.#place(base ^ group.label, group.label, depth + 1, rules, group.from, group.to);
  }

  #findBase(node: number, labels: readonly number[]): number {
    const [first = 0] = labels;
    while (this.#used[this.#firstFree] === 1) this.#firstFree++;
    for (let at = this.#firstFree; ; at++) {
      this.#reserve(at | 0xff);
      if (this.#used[at] === 1) continue;
      const base = at ^ first;
      // A distance of 0 stands for a node without children.
      if (base === node || this.#usedBases[base] === 1 || labels.some((label) => this.#used[base ^ label] === 1)) continue;
      this.#usedBases[base] = 1;
      this.#last = Math.max(this.#last, base);
      return base;
    }
  }

  #occupy(at: number): void {
    this.#used[at] = 1;
    this.#last = Math.max(this.#last, at);
  }

  #reserve(index: number): void {
    if (index < this.#used.length) return;
    const size = 2 * this.#used.length;
    // 21 bits of a unit hold the distance to the children.
    if (size > 1 << 21) throw new RangeError('The character map has too many rules');
    const grown = <T extends Uint8Array | Uint32Array>(into: T, from: T): T => {
      into.set(from);
      return into;
    };
    this.#units = grown(new Uint32Array(size), this.#units);
    this.#used = grown(new Uint8Array(size), this.#used);
    this.#usedBases = grown(new Uint8Array(size), this.#usedBases);
  }
}
