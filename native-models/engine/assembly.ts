/** Puts the translated parts of a text together again: text, links and scores. */
import { identityLinks, type WordLink } from '../alignment/word-links.ts';
import type { WordConfidence } from '../confidence/word-confidence.ts';
import type { TranslationFlag } from './engine.ts';
import type { TextPart } from './text-plan.ts';

/** What became of a text or a part of it. */
export interface Outcome {
  readonly text: string;
  /** Offsets in the part and in its translation. */
  readonly links: readonly WordLink[];
  /** How sure the model was of the words that it said; offsets in the translation. */
  readonly words?: readonly WordConfidence[];
  /** Sum of the log-probabilities of the tokens that the model produced, and their number, EOS included. */
  readonly logProbability: number;
  readonly tokens: number;
  readonly truncated: boolean;
  /** Letters of the source that the model passed over (`lostStretches`). */
  readonly lostLetters: number;
  /** What the guard found, where it has looked already. */
  readonly flags?: readonly TranslationFlag[];
}

export class Assembly {
  readonly text: string;
  readonly parts: readonly TextPart[];
  /** Parts that the model has still to translate. */
  waiting = 0;
  private readonly outcomes: (Outcome | undefined)[];
  private readonly alignment: boolean;

  constructor(text: string, parts: readonly TextPart[], alignment: boolean) {
    this.text = text;
    this.parts = parts;
    this.alignment = alignment;
    this.outcomes = parts.map(() => undefined);
    for (const part of parts) if (part.translate) this.waiting++;
  }

  set(part: number, outcome: Outcome): void {
    if (this.outcomes[part] === undefined) this.waiting--;
    this.outcomes[part] = outcome;
  }

  /** The whole translation; parts that were not to be translated, or were not, stand as they are. */
  outcome(): Outcome {
    const [only] = this.outcomes;
    if (only !== undefined && this.outcomes.length === 1) return only;
    let text = '';
    let logProbability = 0;
    let tokens = 0;
    let truncated = false;
    let lostLetters = 0;
    const links: WordLink[] = [];
    const words: WordConfidence[] = [];
    this.parts.forEach((part, i) => {
      const outcome = this.outcomes[i] ?? unchanged(part.text, this.alignment);
      for (const { source, target, weight } of outcome.links)
        links.push({ source: [source[0] + part.start, source[1] + part.start], target: [target[0] + text.length, target[1] + text.length], weight });
      for (const { target, confidence } of outcome.words ?? []) words.push({ target: [target[0] + text.length, target[1] + text.length], confidence });
      text += outcome.text;
      logProbability += outcome.logProbability;
      tokens += outcome.tokens;
      truncated ||= outcome.truncated;
      lostLetters += outcome.lostLetters;
    });
    return { text, links, words, logProbability, tokens, truncated, lostLetters };
  }
}

/** A part that goes into the translation as it is. */
export const unchanged = (text: string, alignment: boolean): Outcome => ({ text, links: alignment ? identityLinks(text) : [], logProbability: 0, tokens: 0, truncated: false, lostLetters: 0 });
