import type { ReadonlyRuns, Runs, TagRun } from '../../../app/contract/shapes/text.ts';

/** First and last code point of plane 16, a private-use plane: what stands for tags in the editor's text. */
const FIRST = 0x100000;
const LAST = 0x10fffd;
/** Matches every code point that may stand for a tag. */
export const SLOT_PATTERN = /[\u{100000}-\u{10FFFD}]/gu;
/** Half of a slot: nothing but a broken edit leaves one behind. */
const HALF_SLOT = /[\uDBC0-\uDBFF](?![\uDC00-\uDFFF])/g;

/** What a code point of the editor's text stands for: a tag, or a character of the text that lies in the same plane. */
export type Slot = TagRun | { readonly literal: string };

/** True for a slot that stands for a tag. */
export const isTagSlot = (slot: Slot): slot is TagRun => 'tag' in slot;

const keyOf = (slot: Slot): string => (isTagSlot(slot) ? `${slot.kind}${slot.tag}` : `=${slot.literal}`);

/**
 * Turns runs into the text of one editor and back: each tag is one private-use code point, so that it is deleted, moved over
 * and selected whole. Code points are handed out as runs are met; a character of the text itself that lies in that plane gets
 * a code point of its own, so the way back is exact for every text.
 */
export class TagAlphabet {
  readonly #slots: Slot[] = [];
  readonly #codes = new Map<string, string>();

  #codeOf(slot: Slot): string {
    const key = keyOf(slot);
    const known = this.#codes.get(key);
    if (known !== undefined) return known;
    const point = FIRST + this.#slots.length;
    if (point > LAST) throw new RangeError('This segment holds more than 65,534 different tags; it can\u2019t be shown in the editor.');
    const code = String.fromCodePoint(point);
    this.#slots.push(slot);
    this.#codes.set(key, code);
    return code;
  }

  /** The editor's text of plain text (no tags): characters of the private-use plane become slots of their own. */
  encodeText(text: string): string {
    return text.replace(SLOT_PATTERN, (literal) => this.#codeOf({ literal }));
  }

  /** The editor's text of runs. Throws a RangeError past 65,534 different tags. */
  encode(runs: ReadonlyRuns): string {
    let text = '';
    for (const run of runs) text += typeof run === 'string' ? this.encodeText(run) : this.#codeOf({ tag: run.tag, kind: run.kind });
    return text;
  }

  /** What a code point of the editor's text stands for; undefined for ordinary characters. */
  slotOf(character: string): Slot | undefined {
    const point = character.codePointAt(0);
    return point === undefined || point < FIRST || point > LAST ? undefined : this.#slots[point - FIRST];
  }

  /** The runs of an editor's text, in normal form: strings merged, empty ones dropped. */
  decode(text: string): Runs {
    const runs: Runs = [];
    let plain = '';
    let from = 0;
    const clean = text.replace(HALF_SLOT, '');
    for (const match of clean.matchAll(SLOT_PATTERN)) {
      const slot = this.slotOf(match[0]);
      plain += clean.slice(from, match.index);
      from = match.index + match[0].length;
      if (slot === undefined) plain += match[0];
      else if (isTagSlot(slot)) {
        if (plain !== '') runs.push(plain);
        plain = '';
        runs.push({ tag: slot.tag, kind: slot.kind });
      } else plain += slot.literal;
    }
    plain += clean.slice(from);
    if (plain !== '') runs.push(plain);
    return runs;
  }
}
