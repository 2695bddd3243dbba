/** The language and the writing direction that a Word document declares: `w:lang`, `w:themeFontLang`, `w:bidi`, `w:rtl`, `w:bidiVisual`. */
import { descendants, elements, type XmlElement } from '../xml/xml-tree.ts';
import { attributeRange, escapeAttribute } from '../xml/xml-events.ts';
import { attribute, attributeName, isDrawing, isOn, isWord, prefixOf, wordChild } from './names.ts';
import type { RangeEdit } from './range-edits.ts';

export interface LanguageChange {
  /** BCP 47 with a region, as Word writes it. */
  readonly tag: string;
  /** Attribute of `w:lang` for the script of the language (17.3.2.20). */
  readonly slot: 'val' | 'eastAsia' | 'bidi';
  /** Primary language subtag of the source. */
  readonly from: string;
  /** Set when the writing direction changes. */
  readonly direction: 'rtl' | 'ltr' | null;
}

const EAST_ASIA = new Set(['zh', 'ja', 'ko', 'yue']);
const RIGHT_TO_LEFT = new Set(['ar', 'fa', 'he', 'iw', 'ur', 'yi', 'ps', 'sd', 'ug', 'dv', 'ckb', 'syr', 'arc', 'ks']);
const primary = (tag: string): string => (/^[A-Za-z]+/.exec(tag)?.[0] ?? '').toLowerCase();
const isRightToLeft = (tag: string): boolean => RIGHT_TO_LEFT.has(primary(tag)) || /-(Arab|Hebr|Syrc|Thaa|Nkoo|Adlm)\b/i.test(tag);

/** What changes when a document in `from` becomes one in `to`. */
export function languageChange(from: string, to: string): LanguageChange {
  const rtl = isRightToLeft(to);
  return { tag: withRegion(to), slot: EAST_ASIA.has(primary(to)) ? 'eastAsia' : rtl ? 'bidi' : 'val', from: primary(from), direction: rtl === isRightToLeft(from) ? null : rtl ? 'rtl' : 'ltr' };
}

/** Word's proofing tools go by language and region: `pt` is `pt-BR`, `zh-Hant` is `zh-TW`, by likely subtags (UTS #35). */
function withRegion(tag: string): string {
  const locale = new Intl.Locale(tag);
  if (locale.region !== undefined) return locale.toString();
  const { language, region } = locale.maximize();
  if (region === undefined) return tag;
  return locale.script === undefined || language === 'zh' ? `${language}-${region}` : `${language}-${locale.script}-${region}`;
}

/** Edits for all `w:lang`, and `lang` of DrawingML, that name the source language. */
export function languageEdits(source: string, root: XmlElement, change: LanguageChange): RangeEdit[] {
  const edits: RangeEdit[] = [];
  for (const element of descendants(root)) {
    if (isDrawing(element) && primary(attribute(element, 'lang') ?? '') === change.from) edits.push(...setAttribute(source, element, 'lang', change.tag));
    if (!isWord(element, 'lang')) continue;
    if (['val', 'eastAsia', 'bidi'].some((slot) => primary(attribute(element, slot) ?? '') === change.from)) edits.push(...setAttribute(source, element, change.slot, change.tag));
  }
  return edits;
}

/** Edits for `styles.xml`: the document's default language is set whatever it was. */
export function styleEdits(source: string, root: XmlElement, change: LanguageChange): RangeEdit[] {
  const defaults = wordChild(root, 'docDefaults'), properties = defaults && wordChild(defaults, 'rPrDefault');
  const runs = properties && wordChild(properties, 'rPr');
  const language = runs && wordChild(runs, 'lang');
  const edits = languageEdits(source, root, change);
  if (language) {
    if (edits.every(({ start }) => start !== language.start)) edits.push(...setAttribute(source, language, change.slot, change.tag));
  } else if (runs) edits.push(...insertChild(source, runs, 'lang', AFTER_LANGUAGE, ` ${prefixOf(runs)}${change.slot}="${escapeAttribute(change.tag)}"`));
  return edits;
}

/** Edits for `settings.xml`. */
export function settingsEdits(source: string, root: XmlElement, change: LanguageChange): RangeEdit[] {
  const theme = wordChild(root, 'themeFontLang');
  return theme ? setAttribute(source, theme, change.slot, change.tag) : [];
}

/** Edits that turn the direction of a part's tables and sections. */
export function layoutEdits(source: string, root: XmlElement, direction: 'rtl' | 'ltr'): RangeEdit[] {
  const edits: RangeEdit[] = [];
  for (const element of descendants(root)) {
    if (isWord(element, 'tblPr')) edits.push(...turn(source, element, 'bidiVisual', AFTER_BIDI_VISUAL, direction));
    else if (isWord(element, 'sectPr')) edits.push(...turn(source, element, 'bidi', AFTER_SECTION_BIDI, direction));
  }
  return edits;
}

/** Edits that turn the direction of a paragraph. */
export function paragraphEdits(source: string, paragraph: XmlElement, direction: 'rtl' | 'ltr'): RangeEdit[] {
  const properties = wordChild(paragraph, 'pPr');
  if (properties) return turn(source, properties, 'bidi', AFTER_BIDI, direction);
  if (direction === 'ltr') return [];
  const p = prefixOf(paragraph);
  return [{ start: paragraph.start, end: paragraph.openEnd, text: `${source.slice(paragraph.start, paragraph.openEnd)}<${p}pPr><${p}bidi/></${p}pPr>` }];
}

/** Properties of a run of translated text, turned; `written` is their XML, empty when there are none. */
export function turnedProperties(run: XmlElement, written: string, direction: 'rtl' | 'ltr'): string {
  const p = prefixOf(run);
  if (direction === 'ltr') return written.replace(new RegExp(`<${p}rtl(\\s[^>]*)?/>`, 'g'), '');
  if (new RegExp(`<${p}rtl[\\s/>]`).test(written)) return written;
  const opened = written === '' || /\/>$/.test(written) && !written.includes('</') ? `<${p}rPr></${p}rPr>` : written;
  // Complex scripts have a bold, an italic and a size of their own.
  const complex = opened.replace(new RegExp(`<${p}(b|i|sz)((?:\\s[^>]*)?)/>(?!<${p}\\1Cs)`, 'g'), (whole, name: string, attributes: string) => `${whole}<${p}${name}Cs${attributes}/>`);
  const before = new RegExp(`<${p}(?:cs|em|lang|eastAsianLayout|specVanish|oMath|rPrChange)[\\s/>]|</${p}rPr>`).exec(complex);
  const at = before?.index ?? complex.length;
  return `${complex.slice(0, at)}<${p}rtl/>${complex.slice(at)}`;
}

// What stands after an element in its parent's sequence (wml.xsd).
const AFTER_LANGUAGE = new Set(['eastAsianLayout', 'specVanish', 'oMath', 'rPrChange']);
const AFTER_BIDI = new Set([
  'adjustRightInd', 'snapToGrid', 'spacing', 'ind', 'contextualSpacing', 'mirrorIndents', 'suppressOverlap', 'jc', 'textDirection', 'textAlignment', 'textboxTightWrap', 'outlineLvl', 'divId', 'cnfStyle', 'rPr', 'sectPr', 'pPrChange',
]);
const AFTER_BIDI_VISUAL = new Set(['tblStyleRowBandSize', 'tblStyleColBandSize', 'tblW', 'jc', 'tblCellSpacing', 'tblInd', 'tblBorders', 'shd', 'tblLayout', 'tblCellMar', 'tblLook', 'tblCaption', 'tblDescription', 'tblPrChange']);
const AFTER_SECTION_BIDI = new Set(['rtlGutter', 'docGrid', 'printerSettings', 'sectPrChange']);

function turn(source: string, parent: XmlElement, local: string, after: ReadonlySet<string>, direction: 'rtl' | 'ltr'): RangeEdit[] {
  const existing = wordChild(parent, local);
  if (direction === 'ltr') return existing ? [{ start: existing.start, end: existing.end, text: '' }] : [];
  if (existing) return isOn(existing) ? [] : [{ start: existing.start, end: existing.end, text: `<${existing.name}/>` }];
  return insertChild(source, parent, local, after, '');
}

/** A new empty child, before the first of those that must follow it. Edits replace whole tags, so that none is of zero length. */
function insertChild(source: string, parent: XmlElement, local: string, after: ReadonlySet<string>, attributes: string): RangeEdit[] {
  const added = `<${prefixOf(parent)}${local}${attributes}/>`;
  const next = elements(parent).find((element) => isWord(element) && after.has(element.local));
  if (next) return [{ start: next.start, end: next.openEnd, text: added + source.slice(next.start, next.openEnd) }];
  if (parent.selfClosing) return [{ start: parent.start, end: parent.end, text: `${source.slice(parent.start, parent.end).replace(/\s*\/>$/, '>')}${added}</${parent.name}>` }];
  return [{ start: parent.closeStart, end: parent.end, text: added + source.slice(parent.closeStart, parent.end) }];
}

function setAttribute(source: string, element: XmlElement, local: string, value: string): RangeEdit[] {
  const name = attributeName(element, local);
  const tag = source.slice(element.start, element.openEnd);
  const range = name === undefined ? null : attributeRange(source, { start: element.start, end: element.openEnd }, name);
  const escaped = escapeAttribute(value);
  if (range) return [{ start: element.start, end: element.openEnd, text: source.slice(element.start, range.start) + escaped + source.slice(range.end, element.openEnd) }];
  const at = element.name.length + 1;
  return [{ start: element.start, end: element.openEnd, text: `${tag.slice(0, at)} ${prefixOf(element)}${local}="${escaped}"${tag.slice(at)}` }];
}
