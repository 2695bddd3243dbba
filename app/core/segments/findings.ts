/** Checks of one translated segment: what a translator would want to be told before delivery. */
import type { Finding } from '../../contract/shapes/segment.ts';
import type { ReadonlyRuns, Tag } from '../../contract/shapes/text.ts';
import type { TranslationFlag } from '../../../native-models/engine/engine.ts';
import type { TermRules } from '../terms/term-rules.ts';
import { compareNumbers } from './numbers.ts';
import { compareTags, describeTag, plainText } from './runs.ts';
import type { TagProblem } from './runs.ts';
import { tagPairs } from './tag-pairs.ts';
import { countWords } from './words.ts';

export interface CheckedSegment {
  readonly source: ReadonlyRuns;
  readonly target: ReadonlyRuns | null;
  readonly tags: readonly Tag[];
  /** What the engine noticed while translating; absent for other targets. */
  readonly flags?: readonly TranslationFlag[];
  /** Terms that bind, where there are any. */
  readonly terms?: TermRules | null;
}

const URL_OR_MAIL = /\b(?:https?:\/\/|ftp:\/\/|www\.)[^\s<>"'’”)\]]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+/giu;
const FLAG_SENTENCES = {
  'repetition-loop': 'The machine translation repeats itself.',
  'text-lost': 'The machine translation seems to leave out part of the source.',
  'identifier-changed': 'A placeholder, path or name of a program does not stand in the machine translation as in the source.',
} as const;

/** All findings of a segment, tags first. A segment without a target has none. */
export function checkTarget({ source, target, tags, flags = [], terms = null }: CheckedSegment): Finding[] {
  if (target === null) return [];
  const findings: Finding[] = compareTags(source, target, tags).map((problem) => ({ code: problem.code, severity: problem.severity, message: tagSentence(problem, tags) }));
  const from = plainText(source), to = plainText(target);
  if (to.trim() === '' && from.trim() !== '') {
    findings.push({ code: 'empty-target', severity: 'warning', message: 'The translation is empty.' });
    return findings;
  }
  const { lost, added } = compareNumbers(from, to);
  if (lost.length > 0 || added.length > 0) findings.push({ code: 'number-changed', severity: 'warning', message: numberSentence(lost, added) });
  // The engine looks closer: at signs, percent and digits that were grouped into other numbers.
  else if (flags.includes('number-changed')) findings.push({ code: 'number-changed', severity: 'warning', message: 'A number of the source may not be in the machine translation.' });
  const addresses = Array.from(from.matchAll(URL_OR_MAIL), ([address]) => address.replace(/[.,;:!?]+$/, '')).filter((address) => !to.includes(address));
  if (addresses.length > 0) findings.push({ code: 'url-changed', severity: 'warning', message: `Not in the translation: ${addresses.join(', ')}.` });
  if (from.trim() === to.trim() && countWords(from) >= 3) findings.push({ code: 'target-is-source', severity: 'warning', message: 'The translation is the same as the source.' });
  const emptied = emptiedPairs(source, target);
  if (emptied.length > 0) findings.push({ code: 'text-lost', severity: 'warning', message: `Nothing is left between the tags ${emptied.map((tag) => describeTag({ tag, kind: 'open' }, tags)).join(', ')}.` });
  if (terms !== null) findings.push(...termFindings(terms, from, to));
  for (const flag of flags) if (flag === 'repetition-loop' || flag === 'text-lost' || flag === 'identifier-changed') findings.push({ code: flag, severity: 'warning', message: FLAG_SENTENCES[flag] });
  return findings;
}

/** What a translation does against termbases; texts without tags. */
export function termFindings(terms: TermRules, source: string, target: string): Finding[] {
  const { missing, forbidden } = terms.check(source, target);
  return [
    ...missing.map(({ term, forms }): Finding => ({ code: 'term-missing', severity: 'warning', message: `The term “${term}” is not translated as ${forms.map((form) => `“${form}”`).join(' or ')}.` })),
    ...forbidden.map(({ term, form }): Finding => ({ code: 'term-forbidden', severity: 'warning', message: `“${form}” must not stand for the term “${term}”.` })),
  ];
}

/** Pairs that enclose text in the source and none in the target. */
function emptiedPairs(source: ReadonlyRuns, target: ReadonlyRuns): number[] {
  const there = tagPairs(target);
  return [...tagPairs(source).values()].filter(({ tag, text }) => text.trim() !== '' && there.get(tag)?.text.trim() === '').map(({ tag }) => tag);
}

function tagSentence({ code, tag, kind }: TagProblem, tags: readonly Tag[]): string {
  const name = describeTag({ tag, kind }, tags);
  return {
    'tag-missing': `The tag ${name} is missing.`,
    'tag-extra': `The tag ${name} is not in the source, or stands more often than there.`,
    'tag-order': `The tag ${name} closes before it opens.`,
    'tag-nesting': `The tag ${name} crosses another one.`,
  }[code];
}

function numberSentence(lost: readonly string[], added: readonly string[]): string {
  if (added.length === 0) return `Not in the translation: ${lost.join(', ')}.`;
  if (lost.length === 0) return `Not in the source: ${added.join(', ')}.`;
  return `The source has ${lost.join(', ')}, the translation ${added.join(', ')}.`;
}
