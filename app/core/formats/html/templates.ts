/** Template code in a page (PHP, ASP, Jinja, Handlebars, FreeMarker): hidden from the HTML tokenizer, kept as tags. */
import type { Span } from '../placed-units.ts';

export interface TemplateRegion extends Span {
  /** Stands for a word or two (`{{ name }}`, `<?= $name ?>`) rather than for a statement. */
  readonly word: boolean;
}

export interface MaskedPage {
  /** Same length as the page; each region is one `first` and then `rest` characters. */
  readonly text: string;
  readonly regions: readonly TemplateRegion[];
  readonly first: string;
  readonly rest: string;
}

const KINDS: readonly { readonly open: string; readonly close: string; readonly word: (text: string) => boolean; readonly oneLine?: boolean }[] = [
  { open: '<![CDATA[', close: ']]>', word: () => false },
  { open: '<?', close: '?>', word: (text) => text.startsWith('<?=') || /^<\?php\s+echo\b/.test(text) },
  { open: '<%', close: '%>', word: (text) => /^<%[=#:]/.test(text) },
  { open: '{{', close: '}}', word: () => true },
  { open: '{%', close: '%}', word: () => false },
  { open: '${', close: '}', word: () => true, oneLine: true },
  { open: '<#', close: '>', word: () => false },
  { open: '</#', close: '>', word: () => false },
  { open: '<@', close: '>', word: () => false },
  { open: '</@', close: '>', word: () => false },
];
const OPENERS = /<!\[CDATA\[|<\?|<%|\{\{|\{%|\$\{(?=[\w\s.!])|<\/?[#@](?=[a-z])/g;
/** Longer template code is taken for text that only looks like it, except in the bracketed kinds. */
const LONGEST = 20_000;

/** Finds template code and puts filler in its place, without changing any offset. */
export function maskTemplates(page: string): MaskedPage {
  const [first, rest] = unusedCharacters(page);
  const regions: TemplateRegion[] = [];
  const closings = new Map<string, number>();
  let masked = '', at = 0;
  const openers = new RegExp(OPENERS);
  for (let match = openers.exec(page); match; match = openers.exec(page)) {
    const kind = KINDS.find(({ open }) => open === match[0]);
    if (!kind) continue;
    // The next closing mark stays the same for many openers: remembering it keeps this linear.
    let close = closings.get(kind.close) ?? -2;
    const from = match.index + kind.open.length;
    if (close !== -1 && close < from) closings.set(kind.close, (close = page.indexOf(kind.close, from)));
    const end = close + kind.close.length;
    if (close === -1 || end - match.index > LONGEST) continue;
    const code = page.slice(match.index, end);
    if (kind.oneLine === true && /[\n\r<>]/.test(code)) continue;
    masked += page.slice(at, match.index) + first + rest.repeat(code.length - 1);
    regions.push({ start: match.index, end, word: kind.word(code) });
    at = openers.lastIndex = end;
  }
  return { text: masked + page.slice(at), regions, first, rest };
}

/** Two private-use characters that the page does not contain. */
function unusedCharacters(page: string): [string, string] {
  const unused: string[] = [];
  for (let point = 0xe000; point <= 0xf8ff; point++) {
    const character = String.fromCharCode(point);
    if (page.includes(character)) continue;
    unused.push(character);
    const [first, rest] = unused;
    if (first !== undefined && rest !== undefined) return [first, rest];
  }
  // A page with all 6,400 private-use characters: control characters then stand in, which no page may contain.
  return ['\u0001', '\u0002'];
}
