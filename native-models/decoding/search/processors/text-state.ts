/**
 * Rules about text need to know what tokens spell. Everything here is in bytes, one character (U+0000 to U+00FF) a byte
 * of UTF-8: a token of byte-level BPE may hold a part of a character.
 */

export class TokenSurfaces {
  /** What each id adds to a text; '' for special tokens. */
  readonly all: readonly string[];
  readonly #bySurface = new Map<string, number[]>();
  readonly #startingWith = new Map<string, readonly number[]>();

  constructor(surfaces: readonly Uint8Array[]) {
    this.all = surfaces.map((bytes) => Buffer.from(bytes).toString('latin1'));
    this.all.forEach((surface, id) => {
      const same = this.#bySurface.get(surface);
      if (same === undefined) this.#bySurface.set(surface, [id]);
      else same.push(id);
    });
  }

  /** Ids with exactly this surface. */
  spelled(text: string): readonly number[] {
    return this.#bySurface.get(text) ?? [];
  }

  textOf(tokens: readonly number[]): string {
    let text = '';
    for (const id of tokens) text += this.all[id] ?? '';
    return text;
  }

  /** Ids whose surface begins with a text, looked up once for each text. */
  startingWith(text: string): readonly number[] {
    const known = this.#startingWith.get(text);
    if (known !== undefined) return known;
    const found = this.#idsWhere((surface) => surface.startsWith(text));
    this.#startingWith.set(text, found);
    return found;
  }

  /** Ids whose surface holds a text. */
  holding(text: string): readonly number[] {
    return this.#idsWhere((surface) => surface.includes(text));
  }

  #idsWhere(test: (surface: string) => boolean): number[] {
    const ids: number[] = [];
    this.all.forEach((surface, id) => { if (surface !== '' && test(surface)) ids.push(id); });
    return ids;
  }
}

export const asByteText = (text: string): string => Buffer.from(text).toString('latin1');
