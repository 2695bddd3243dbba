/**
 * PO and POT, the message catalogues of GNU gettext. An entry is a unit; one with plural forms is a unit per form. Comments,
 * obsolete entries and untranslated entries keep their bytes.
 */
import type { SegmentState } from '../../../contract/shapes/segment.ts';
import type { ReadonlyRuns } from '../../../contract/shapes/text.ts';
import { decodeText, encodeText, encodingName, type DecodedText } from '../../files/text-encoding.ts';
import { normalizeRuns, plainText, sameRuns } from '../../segments/runs.ts';
import type { DocumentFormat, Unit, WriteOptions } from '../format.ts';
import { applySplices, type Splice } from '../splice.ts';
import { numberSource, numberTarget, rawMarkup, requireWholeTarget, tagTable, type InlineCode } from '../xliff/inline-codes.ts';
import { declaresLanguage } from '../xliff/target-place.ts';
import { requireFits, requireKnown } from '../xliff/unit-names.ts';
import { flagsOf, flagSplices } from './flags.ts';
import { messageTokens } from './placeholders.ts';
import { declaredForms, formsOf, pluralForms } from './plural-forms.ts';
import { parsePo, type PoEntry, type PoField, type PoFile } from './po-file.ts';
import { headerField, headerOf, headerSplices } from './po-header.ts';
import { layOut } from './po-strings.ts';

interface Message {
  readonly unit: Unit;
  readonly entry: PoEntry;
  /** Index of its `msgstr`, and the string if the entry has it. */
  readonly form: number;
  readonly string: PoField | undefined;
  readonly codes: readonly InlineCode[];
}

export const po: DocumentFormat = {
  id: 'po',
  name: 'gettext PO',
  extensions: ['po', 'pot'],
  bilingual: true,

  sniff(bytes, fileName) {
    const head = Buffer.from(bytes.subarray(0, 16_384)).toString('latin1').replaceAll('\u0000', '');
    const messages = /^\s*(#~\s*)?msgid\s+"/m.test(head);
    if (/\.pot?$/i.test(fileName)) return messages ? 1 : 0.5;
    return messages && /^\s*msgstr(\[\d\])?\s+"/m.test(head) ? 0.6 : 0;
  },

  async read(bytes, options) {
    const file = decodePo(bytes, options.encoding);
    return { units: readMessages(parsePo(file.text), options.to).map(({ unit }) => unit), encoding: file.encoding };
  },

  async write(bytes, targets, options) {
    if (targets.size === 0 && !options.setLanguage) return bytes;
    const file = decodePo(bytes, options.encoding);
    const catalogue = parsePo(file.text);
    const messages = readMessages(catalogue, options.to);
    requireKnown(messages.map(({ unit }) => unit), targets);
    const splices: Splice[] = [];
    for (const group of Map.groupBy(messages, ({ entry }) => entry).values()) splices.push(...writeEntry(catalogue, group, targets, options));
    const written = applySplices(file.text, [...splices, ...languageSplices(catalogue, messages, options, splices)]);
    return encodeText(written, file);
  },
};

/** A catalogue in ASCII, or whose charset is still to be filled in, is read and written as UTF-8, which it is too. */
function decodePo(bytes: Uint8Array, encoding: string | undefined): DecodedText {
  if (encoding !== undefined) return decodeText(bytes, { encoding });
  const declared = /charset=([\w.:-]{1,40})/i.exec(Buffer.from(bytes.subarray(0, 65_536)).toString('latin1'))?.[1];
  const known = declared !== undefined && !isUnnamed(declared) && encodingName(declared) !== undefined;
  if (known && !/^utf/i.test(declared) && bytes.every((byte) => byte < 0x80)) return decodeText(bytes, { encoding: declared });
  return decodeText(bytes, { declared: known ? declared : undefined });
}
const isUnnamed = (charset: string): boolean => /^(charset|(us-)?ascii|ansi_x3\.4-1968)$/i.test(charset);

function readMessages(catalogue: PoFile, to: string): Message[] {
  const header = headerOf(catalogue);
  const headerText = header?.strings[0]?.text ?? '';
  const messages: Message[] = [];
  catalogue.entries.forEach((entry, i) => {
    if (entry === header || entry.id.text === '') return;
    const number = `${i + 1}`;
    if (!entry.plural) return void messages.push(...readMessage(entry, number, 0, entry.id.text, noteOf(entry)));
    const forms = Math.max(declaredForms(headerText) ?? formsOf(to), ...entry.strings.map(({ index, text }) => (text === '' ? 1 : index + 1)));
    for (let form = 0; form < forms; form++)
      messages.push(...readMessage(entry, `${number}[${form}]`, form, form === 0 && forms > 1 ? entry.id.text : entry.plural.text, [...noteOf(entry), `Plural form ${form + 1} of ${forms}`]));
  });
  return messages;
}

function readMessage(entry: PoEntry, id: string, form: number, message: string, notes: readonly string[]): Message[] {
  const flags = flagsOf(entry);
  // The form for a single thing may say "one file" for "%d file".
  const canDelete = entry.plural !== undefined && form === 0 && entry.plural.text !== message;
  const text = trimBreaks(message);
  let { runs, codes } = numberSource(messageTokens(text, flags, canDelete));
  // A message of placeholders alone is still one to translate.
  if (plainText(runs).trim() === '') ({ runs, codes } = { runs: [text], codes: [] });
  if (text.trim() === '') return [];
  const string = entry.strings.find(({ index }) => index === form);
  const standing = trimBreaks(string?.text ?? '');
  const own = standing === '' ? undefined : codes.length === 0 && runs[0] === text ? { runs: [standing], codes } : numberTarget(messageTokens(standing, flags, canDelete), codes);
  const unit: Unit = {
    id, source: runs, tags: tagTable(own?.codes ?? codes), role: 'msgid', segmented: true,
    ...(own ? { target: own.runs, state: flags.includes('fuzzy') ? 'draft' : 'translated' } : {}), ...(notes.length > 0 ? { note: notes.join('\n') } : {}),
  };
  requireFits(unit);
  return [{ unit, entry, form, string, codes: own?.codes ?? codes }];
}

const noteOf = ({ comments, context }: PoEntry): string[] => [
  ...(context?.text ? [`Context: ${context.text}`] : []),
  ...comments.filter(({ kind, text }) => (kind === 'extracted' || kind === 'translator') && text !== '').map(({ text }) => text),
];

/** gettext wants a translation to begin and end with a line break when its message does; they are no part of a unit's text. */
const trimBreaks = (text: string): string => text.replace(/^\n+/, '').replace(/\n+$/, '');

function writeEntry(catalogue: PoFile, messages: readonly Message[], targets: ReadonlyMap<string, ReadonlyRuns>, options: WriteOptions): Splice[] {
  const [first] = messages;
  if (!first || !messages.some(({ unit }) => targets.has(unit.id))) return [];
  const { entry } = first;
  const splices: Splice[] = [];
  const last = entry.strings.at(-1);
  const missing: string[] = [];
  let changed = false;
  for (const message of messages) {
    const target = targets.get(message.unit.id);
    const isNew = target !== undefined && (!sameRuns(target, message.unit.target ?? null) || lacksBreaks(message, options));
    if (isNew) changed = true;
    const text = isNew ? targetText(message, target) : '';
    if (message.string && isNew) splices.push({ start: message.string.start, end: message.string.end, text: quotedString(catalogue, message.string, text) });
    // gettext wants all forms of an entry that has one.
    else if (!message.string) missing.push(`msgstr[${message.form}] ${layOut(text, `msgstr[${message.form}] `, '', catalogue.layout)}`);
  }
  // A template has two empty forms, whatever the language.
  if (changed && entry.plural) for (const { index, text, lineStart, lineEnd } of entry.strings) if (index >= messages.length && text === '') splices.push({ start: lineStart, end: lineEnd + catalogue.layout.eol.length, text: '' });
  if (changed && last && missing.length > 0) splices.push({ start: last.lineEnd, end: last.lineEnd, text: missing.map((line) => catalogue.layout.eol + line).join('') });

  const said = messages.map(({ unit }): SegmentState | undefined => (targets.has(unit.id) ? options.states?.get(unit.id) : unit.state));
  if (!messages.some(({ unit }) => targets.has(unit.id) && options.states?.has(unit.id))) return splices;
  // Forms that no one has translated yet say nothing.
  const confirmed = said.every((state) => state === undefined || state === 'translated' || state === 'reviewed');
  return [...splices, ...flagSplices(catalogue, entry, !confirmed)];
}

/** A fuzzy string may lack the line breaks at its message's edges; a confirmed one may not. */
function lacksBreaks({ unit, string, ...message }: Message, { states }: WriteOptions): boolean {
  const state = states?.get(unit.id);
  return string !== undefined && (state === 'translated' || state === 'reviewed') && state !== unit.state && withBreaks(message, trimBreaks(string.text)) !== string.text;
}

/** @throws StudioError TAGS_BROKEN */
function targetText({ unit, codes, ...message }: Message, target: ReadonlyRuns): string {
  const runs = normalizeRuns(target);
  requireWholeTarget(unit.id, unit.source, runs, unit.target, unit.tags);
  return withBreaks(message, trimBreaks(runs.map((run) => (typeof run === 'string' ? run : rawMarkup(run, codes))).join('')));
}

function withBreaks({ entry, form }: Pick<Message, 'entry' | 'form'>, text: string): string {
  const message = entry.plural && form > 0 ? entry.plural.text : entry.id.text;
  return text === '' ? '' : (/^\n+/.exec(message)?.[0] ?? '') + text + (/\n+$/.exec(message)?.[0] ?? '');
}

function quotedString({ text, layout }: PoFile, field: PoField, value: string): string {
  const indent = /^[^\S\n\r]*/.exec(text.slice(field.lineStart, field.start))?.[0] ?? '';
  return layOut(value, text.slice(field.lineStart, field.start), indent, layout);
}

function languageSplices(catalogue: PoFile, messages: readonly Message[], { setLanguage, to }: WriteOptions, written: readonly Splice[]): Splice[] {
  const header = headerOf(catalogue);
  const text = header?.strings[0]?.text;
  if (!header || text === undefined) return [];
  const fields = new Map<string, string>();
  const language = headerField(text, 'Language');
  if (setLanguage && (language === undefined || !declaresLanguage(language, to))) fields.set('Language', to.replaceAll('-', '_'));
  const forms = pluralForms(to);
  if (setLanguage && forms !== undefined && declaredForms(text) === undefined && messages.some(({ entry }) => entry.plural)) fields.set('Plural-Forms', forms);
  const type = headerField(text, 'Content-Type');
  const charset = /charset=([\w.:-]+)/i.exec(type ?? '')?.[1];
  if (type !== undefined && charset !== undefined && isUnnamed(charset) && (setLanguage || written.some((splice) => /[\u0080-\uffff]/.test(splice.text)))) fields.set('Content-Type', type.replace(charset, 'UTF-8'));
  return [...headerSplices(catalogue, header, fields), ...(setLanguage && fields.size > 0 ? flagSplices(catalogue, header, false) : [])];
}
