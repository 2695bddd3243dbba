/**
 * The `Precompiled` normalizer of tokenizer.json, exact. Hugging Face's library applies SentencePiece's character map to
 * grapheme clusters (UAX 29): a cluster of less than 6 bytes as a whole by the SHORTEST rule that it begins with, dropping
 * the rest of it; else each of its characters alone. SentencePiece itself takes the longest rule at each place, which
 * differs for stacked accents.
 */
import { CharacterMap } from '../charsmap.ts';

const LONGEST_CLUSTER = 5;

export class PrecompiledNormalizer {
  readonly #map: CharacterMap;
  readonly #clusters = new Intl.Segmenter('und', { granularity: 'grapheme' });
  readonly #encoder = new TextEncoder();
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });

  /** Throws RangeError for a map with wrong sizes. */
  constructor(charsmap: Uint8Array) {
    this.#map = new CharacterMap(charsmap);
  }

  normalize(text: string): string {
    let out = '';
    for (const { segment } of this.#clusters.segment(text)) out += this.#cluster(segment);
    return out;
  }

  #cluster(cluster: string): string {
    const bytes = this.#encoder.encode(cluster);
    const whole = bytes.length <= LONGEST_CLUSTER ? this.#replacement(bytes) : null;
    if (whole !== null) return whole;
    let out = '';
    for (const character of cluster) out += this.#replacement(this.#encoder.encode(character)) ?? character;
    return out;
  }

  #replacement(bytes: Uint8Array): string | null {
    const map = this.#map;
    for (let end = 1; end <= bytes.length; end++) {
      map.match(bytes, 0, end);
      if (map.matched > 0) return this.#decoder.decode(map.replacements.subarray(map.start, map.end));
    }
    return null;
  }
}
