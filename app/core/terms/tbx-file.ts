/**
 * Termbases in TBX (ISO 30042): version 2 (`termEntry`, `langSet`, `tig` or `ntig`) and version 3 (`conceptEntry`, `langSec`,
 * `termSec`). An entry has all terms of a concept by language; preferred ones come first; deprecated and superseded ones
 * are left out of the source, and forbidden in the target.
 */
import { readXml } from '../formats/xml/xml-events.ts';
import { faultOf, type LanguagePair, normalForm, type Termbase, type TermbaseEntry, type TermProblem } from './termbase.ts';

type Status = 'preferred' | 'allowed' | 'forbidden';
interface Term { text: string; status: Status; language: string }

const CONCEPT = ['termEntry', 'conceptEntry'];
const LANGUAGE = ['langSet', 'langSec'];
const TERM_SECTION = ['tig', 'ntig', 'termSec'];

/**
 * The entries between the two languages; a language matches by its primary subtag, so that `pt` finds `pt-BR`.
 * @throws StudioError FORMAT_BROKEN, FORMAT_LIMIT
 */
export function readTbx(text: string, name: string, { from, to }: LanguagePair): Termbase {
  const entries: TermbaseEntry[] = [];
  const problems: TermProblem[] = [];
  const lineOf = lineCounter(text);
  let terms: Term[] = [];
  let language = '';
  let entryLine = 1;
  let current: Term | null = null;
  /** Where the text of an open element goes. */
  let taking: 'term' | 'status' | null = null;
  let status = '';

  readXml(text, { name, entities: 'ignore' }, (event) => {
    if (event.kind === 'open') {
      const { local, attributes } = event;
      if (CONCEPT.includes(local)) { terms = []; entryLine = lineOf(event.start); }
      else if (LANGUAGE.includes(local)) language = attributes['xml:lang'] ?? attributes['lang'] ?? '';
      else if (TERM_SECTION.includes(local)) current = null;
      else if (local === 'term') {
        current = { text: '', status: 'allowed', language };
        terms.push(current);
        taking = 'term';
      } else if (local === 'administrativeStatus' || (local === 'termNote' && attributes['type'] === 'administrativeStatus')) { taking = 'status'; status = ''; }
    } else if (event.kind === 'text' || event.kind === 'cdata') {
      if (taking === 'term' && current !== null) current.text += event.text;
      else if (taking === 'status') status += event.text;
    } else if (event.kind === 'close') {
      if (taking === 'status' && current !== null) current.status = statusOf(status);
      if (event.local === 'term' || event.local === 'termNote' || event.local === 'administrativeStatus') taking = null;
      if (!CONCEPT.includes(event.local)) return;
      const sources = formsOf(terms, from);
      const targets = formsOf(terms, to);
      const forbidden = formsOf(terms, to, ['forbidden']).filter((form) => !targets.includes(form));
      const fault = [...sources, ...targets, ...forbidden].map(faultOf).find((each) => each !== null);
      if (fault !== undefined) problems.push({ line: entryLine, message: fault });
      else if (sources.length > 0 && targets.length + forbidden.length > 0) entries.push({ sources, targets, ...(forbidden.length > 0 ? { forbidden } : {}) });
    }
  });
  return { entries, problems };
}

/** ISO 30042: `preferredTerm-admn-sts`, `admittedTerm-admn-sts`, `deprecatedTerm-admn-sts`, `supersededTerm-admn-sts`; exporters shorten them. */
function statusOf(value: string): Status {
  const said = value.trim().toLowerCase();
  if (said.startsWith('preferred')) return 'preferred';
  return /^(?:deprecated|superseded|forbidden|obsolete)/.test(said) ? 'forbidden' : 'allowed';
}

/** Different forms of one language, those of the first status first. */
function formsOf(terms: readonly Term[], tag: string, wanted: readonly Status[] = ['preferred', 'allowed']): string[] {
  const own = terms.filter(({ language }) => primary(language) === primary(tag));
  const ordered = wanted.flatMap((status) => own.filter((term) => term.status === status));
  return [...new Set(ordered.map(({ text }) => normalForm(text)).filter((form) => form !== ''))];
}

const primary = (tag: string): string => tag.toLowerCase().split(/[-_]/)[0] ?? '';

/** The 1-based line of places that come in order. */
function lineCounter(text: string): (place: number) => number {
  let line = 1;
  let at = 0;
  return (place) => {
    for (let next = text.indexOf('\n', at); next >= 0 && next < place; next = text.indexOf('\n', at)) {
      line++;
      at = next + 1;
    }
    return line;
  };
}
