/** Texts that an output must contain, and how far a beam has come with them. */
import { asByteText, type TokenSurfaces } from './processors/text-state.ts';

export interface RequiredText {
  /** Bytes, see text-state.ts. */
  readonly text: string;
  /** One way to say it, at least one token. */
  readonly tokens: readonly number[];
}

/** What a beam has of the texts. */
export interface Coverage {
  /** Bytes that were said after the prompt, and in it. */
  readonly said: string;
  readonly met: readonly boolean[];
  /** The text that is being said token by token, and how many of its tokens were; null: none. */
  readonly begun: { readonly term: number; readonly said: number } | null;
}

export class RequiredTexts {
  readonly #terms: readonly RequiredText[];
  readonly #surfaces: TokenSurfaces;

  /** `spell`: tokens of a text inside a sentence. Texts that the vocabulary can't spell are left out. */
  constructor(texts: readonly string[], surfaces: TokenSurfaces, spell: (text: string) => readonly number[]) {
    this.#surfaces = surfaces;
    this.#terms = [...new Set(texts)].map((text) => ({ text: asByteText(text), tokens: spell(text) })).filter(({ text, tokens }) => text !== '' && surfaces.textOf(tokens).includes(text));
  }

  get count(): number {
    return this.#terms.length;
  }

  start(prompt: readonly number[]): Coverage {
    const said = this.#surfaces.textOf(prompt);
    return { said, met: this.#terms.map(({ text }) => said.includes(text)), begun: null };
  }

  /** A text counts as said when it can be read in the output, or when all of its tokens were said in a row. */
  after(before: Coverage, token: number): Coverage {
    const said = before.said + (this.#surfaces.all[token] ?? '');
    const begun = this.#begunAfter(before, token);
    const complete = begun !== null && begun.said === this.#terms[begun.term]?.tokens.length ? begun.term : null;
    const met = this.#terms.map(({ text }, term) => before.met[term] === true || complete === term || said.includes(text));
    return { said, met, begun: begun === null || met[begun.term] === true ? null : begun };
  }

  /** Tokens still to be said when nothing else is. */
  missingTokens({ met, begun }: Coverage): number {
    const all = this.#terms.reduce((sum, { tokens }, term) => sum + (met[term] === true ? 0 : tokens.length), 0);
    return all - (begun?.said ?? 0);
  }

  /** The tokens that bring a beam on: the next of the text that was begun, else the first of each that is missing. */
  nextTokens({ met, begun }: Coverage): number[] {
    if (begun !== null) return this.#terms[begun.term]?.tokens.slice(begun.said, begun.said + 1) ?? [];
    return this.#terms.flatMap(({ tokens }, term) => (met[term] === true ? [] : tokens.slice(0, 1)));
  }

  #begunAfter({ met, begun }: Coverage, token: number): Coverage['begun'] {
    if (begun !== null && this.#terms[begun.term]?.tokens[begun.said] === token) return { term: begun.term, said: begun.said + 1 };
    const term = this.#terms.findIndex(({ tokens }, i) => met[i] !== true && tokens[0] === token);
    return term < 0 ? null : { term, said: 1 };
  }
}
