/** What became of a part: read from the model's answer, and looked at for faults. */
import { lostStretches } from '../alignment/lost-words.ts';
import { wordLinks } from '../alignment/word-links.ts';
import { wordConfidences } from '../confidence/word-confidence.ts';
import type { DecodedSentence } from '../runtime/compiled-model.ts';
import type { Outcome } from './assembly.ts';
import { checkTranslation, isUnbalanced, withoutDangling } from './guard.ts';
import type { JobModel } from './job-model.ts';
import type { PreparedText } from './prepared-text.ts';
import type { Faults } from './repair.ts';

/** The translation that an answer stands for; `linked`: with its links and the confidence of its words. */
export function readOutcome({ target, coverage }: JobModel, prepared: PreparedText, linked: boolean, output: DecodedSentence): Outcome {
  const decoded = target.decodeWithOffsets(output.ids);
  const wanted = linked || prepared.needsLinks;
  const source = { text: prepared.text ?? '', offsets: prepared.tokens.offsets };
  const links = output.attention === null || !wanted ? [] : wordLinks(source, decoded, output.attention, output.sourceLength);
  const lost = output.attention === null || !coverage ? [] : lostStretches(source, decoded, output.attention, output.sourceLength);
  const words = linked && output.tokenScores ? wordConfidences(decoded, output.tokenScores) : [];
  const restored = prepared.restore({ text: decoded.text, links, words });
  return {
    text: restored.text,
    links: linked ? restored.links : [],
    words: restored.words ?? [],
    logProbability: output.score ?? 0,
    tokens: output.ids.length + (output.truncated ? 0 : 1),
    truncated: output.truncated,
    lostLetters: lost.reduce((sum, { letters }) => sum + letters, 0),
  };
}

export function faultsOf(source: string, { text: target, truncated, lostLetters }: Outcome): Faults {
  return { flags: checkTranslation({ source, target, truncated, lostLetters }), unbalanced: isUnbalanced(source, target), lostLetters };
}

/** Without an opening sign at its end that the source does not have. */
export function withoutDanglingEnd(source: string, outcome: Outcome): Outcome {
  const text = withoutDangling(source, outcome.text);
  return text === outcome.text ? outcome : { ...outcome, text, links: outcome.links.filter(({ target }) => target[1] <= text.length), words: (outcome.words ?? []).filter(({ target }) => target[1] <= text.length) };
}

/** With the flags that its text deserves. */
export const withFlags = (source: string, outcome: Outcome): Outcome => ({ ...outcome, flags: faultsOf(source, outcome).flags });
