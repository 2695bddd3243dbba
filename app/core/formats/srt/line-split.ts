/** Lines of a translated subtitle: as many as the source has, about equally long, parted where a reader would pause. */
import { wouldBeginSpeech, betweenIdeographs } from './cue-text.ts';

/** Characters of a line that viewers can read; what broadcasters agree on for Latin scripts. */
const LONGEST_LINE = 42;
/** A text shorter than this is not parted. */
const SHORTEST_PARTED = 20;
/** With more places to part, the best is not searched for. */
const MOST_PLACES = 400;

/** A stretch that stays on one line; `glue` is what stands before it when it does not begin a line. */
interface Stretch { text: string; visible: number; readonly glue: string }

/** A part of the text: words (shown), or markup (not shown). */
export interface TextPart { readonly text: string; readonly shown: boolean }

/**
 * The text with line ends put in; `sourceLines` and `sourceLength` (visible characters) tell how the source was laid out.
 * `encode` writes one shown character, which counts as one however it is written.
 */
export function splitLines(parts: readonly TextPart[], newLine: string, sourceLines: number, sourceLength: number, encode: (character: string) => string = (character) => character): string {
  const stretches = stretchesOf(parts, encode);
  const length = stretches.reduce((sum, { visible, glue }) => sum + visible + glue.length, 0);
  const wanted = sourceLines > 1 ? (length < SHORTEST_PARTED ? 1 : sourceLines) : length > Math.max(LONGEST_LINE, sourceLength) ? 2 : 1;
  const starts = new Set(wanted === 1 ? [0] : stretches.length > MOST_PLACES ? evenStarts(stretches, wanted, length) : bestStarts(stretches, wanted, length));
  return stretches.map(({ text, glue }, i) => (i === 0 ? text : starts.has(i) ? newLine + text : glue + text)).join('');
}

function stretchesOf(parts: readonly TextPart[], encode: (character: string) => string): Stretch[] {
  const stretches: Stretch[] = [{ text: '', visible: 0, glue: '' }];
  let before = '';
  for (const { text, shown } of parts) {
    for (const character of shown ? text : [text]) {
      const last = stretches.at(-1);
      if (!last) break;
      if (shown && character === ' ') stretches.push({ text: '', visible: 0, glue: ' ' });
      else if (shown && betweenIdeographs(before, character) && !/[、。，．！？」』）】〉》・ー]/.test(character)) stretches.push({ text: encode(character), visible: 1, glue: '' });
      else {
        last.text += shown ? encode(character) : character;
        if (shown) last.visible++;
      }
      if (shown) before = character;
    }
  }
  return stretches;
}

/** Shortest path over the places to part: each line costs what it lacks or exceeds, each place what it disturbs. */
function bestStarts(stretches: readonly Stretch[], wanted: number, length: number): number[] {
  const count = stretches.length, ideal = length / wanted;
  const ends = [0];
  stretches.forEach(({ visible, glue }, i) => ends.push((ends[i] ?? 0) + visible + glue.length));
  const line = (from: number, to: number): number => (ends[to] ?? 0) - (ends[from] ?? 0) - (stretches[from]?.glue.length ?? 0);
  let costs = new Array<number>(count + 1).fill(Infinity);
  costs[0] = 0;
  const choices: number[][] = [];
  for (let n = 0; n < Math.min(wanted, count); n++) {
    const next = new Array<number>(count + 1).fill(Infinity), chosen = new Array<number>(count + 1).fill(0);
    for (let from = 0; from < count; from++) {
      const base = costs[from] ?? Infinity;
      if (base === Infinity) continue;
      for (let to = from + 1; to <= count; to++) {
        if (wouldBeginSpeech(stretches[to]?.text ?? '')) continue;
        const size = line(from, to);
        const cost = base + (size - ideal) ** 2 + (size > LONGEST_LINE ? (size - LONGEST_LINE) * 40 : 0) + (to < count ? disturbance(stretches, to, ideal) : 0);
        if (cost < (next[to] ?? Infinity)) {
          next[to] = cost;
          chosen[to] = from;
        }
      }
    }
    choices.push(chosen);
    costs = next;
  }
  const starts: number[] = [];
  for (let n = choices.length - 1, at = count; n >= 0; n--) {
    at = choices[n]?.[at] ?? 0;
    starts.unshift(at);
  }
  return starts;
}

/** Parting after punctuation is welcome, after a short word (an article, a preposition) is not. */
function disturbance(stretches: readonly Stretch[], at: number, ideal: number): number {
  const before = stretches[at - 1]?.text.replace(/<[^<>]*>|\{[^{}]*\}/g, '') ?? '';
  if (/[.,;:!?…，。；：！？、]["'”’»)\]]*$/.test(before)) return -(ideal ** 2) / 6;
  return /^\p{L}{1,3}$/u.test(before) ? ideal ** 2 / 8 : 0;
}

function evenStarts(stretches: readonly Stretch[], wanted: number, length: number): number[] {
  const starts = [0];
  let at = 0;
  stretches.forEach(({ visible, glue }, i) => {
    if (i > 0 && starts.length < wanted && !wouldBeginSpeech(stretches[i]?.text ?? '') && at >= (length / wanted) * starts.length) starts.push(i);
    at += visible + glue.length;
  });
  return starts;
}
