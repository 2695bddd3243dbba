/** Splits text by compiled SRX rules. */
import { StudioError } from '../../contract/errors.ts';
import { translateIcuPattern } from './icu-pattern.ts';
import type { SplitSentences } from './split-sentences.ts';
import type { SrxDocument, SrxRule } from './srx-document.ts';

interface CompiledRule {
  readonly breaks: boolean;
  /** Finds every place where the rule matches. */
  readonly everywhere: RegExp;
  /** Tells whether it matches at `lastIndex`. */
  readonly here: RegExp;
}

/**
 * Makes a splitter of a rules document. Rules of a language are compiled once, at its first text.
 *
 * Breaking rules are searched for, and only at the places they find are the earlier rules asked: the first rule that
 * matches at a place decides (SRX 2.0, section 4.6), and a place without a breaking rule is never a break.
 */
export function createSrxSplitter(document: SrxDocument): SplitSentences {
  const compiled = new Map<string, readonly CompiledRule[]>();
  const mapped = document.maps.map((map) => ({ language: new RegExp(`^(?:${translateIcuPattern(map.pattern)})$`, 'v'), rules: map.rules }));

  const rulesFor = (language: string): readonly CompiledRule[] => {
    const known = compiled.get(language);
    if (known) return known;
    const matching = mapped.filter((map) => map.language.test(language));
    const names = document.cascade ? matching.map((map) => map.rules) : matching.slice(0, 1).map((map) => map.rules);
    const rules = names.flatMap((name) => document.rules.get(name) ?? []).map(compileRule);
    compiled.set(language, rules);
    return rules;
  };

  return (text, language) => {
    const rules = rulesFor(language);
    const decided = new Map<number, boolean>();
    rules.forEach((rule, order) => {
      if (!rule.breaks) return;
      rule.everywhere.lastIndex = 0;
      for (let match = rule.everywhere.exec(text); match; match = rule.everywhere.exec(text)) {
        const at = match.index;
        rule.everywhere.lastIndex = at + 1;
        if (at === 0 || at === text.length || decided.has(at)) continue;
        decided.set(at, decides(rules, order, text, at));
      }
    });
    return [...decided].filter(([, breaks]) => breaks).map(([at]) => at).sort((a, b) => a - b);
  };
}

/** The verdict of the first rule that matches at `at`; `order` is a rule known to match. */
function decides(rules: readonly CompiledRule[], order: number, text: string, at: number): boolean {
  for (let i = 0; i < order; i++) {
    const rule = rules[i];
    if (!rule) break;
    rule.here.lastIndex = at;
    if (rule.here.test(text)) return rule.breaks;
  }
  return true;
}

function compileRule(rule: SrxRule): CompiledRule {
  const before = translateIcuPattern(rule.before), after = translateIcuPattern(rule.after);
  // What follows is tested first: it is short, and rules out nearly every place before the engine walks back.
  const body = `${after === '' ? '' : `(?=${after})`}${before === '' ? '' : `(?<=${before})`}`;
  try {
    return { breaks: rule.breaks, everywhere: new RegExp(body, 'gv'), here: new RegExp(body, 'yv') };
  } catch (cause) {
    throw new StudioError('FORMAT_BROKEN', `The segmentation rule ${rule.before} | ${rule.after} can't be compiled.`, { advice: 'Correct the regular expressions in the rules file.', cause });
  }
}
