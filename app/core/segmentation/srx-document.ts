/** Segmentation Rules eXchange 2.0 (GALA/LISA, 2008): reading a rules file. */
import { StudioError } from '../../contract/errors.ts';
import { child, elements, parseXml, textContent, type XmlElement } from '../formats/xml/xml-tree.ts';

export interface SrxRule {
  /** true: a sentence may end here. false: an exception to later rules. */
  readonly breaks: boolean;
  /** ICU regular expressions of what stands before and after the place. */
  readonly before: string;
  readonly after: string;
}

export interface SrxDocument {
  /** Section 4.5: with cascade, the rules of every matching map entry apply, in map order; else those of the first only. */
  readonly cascade: boolean;
  readonly rules: ReadonlyMap<string, readonly SrxRule[]>;
  /** In order: a language pattern and the name of its rules. */
  readonly maps: readonly { readonly pattern: string; readonly rules: string }[];
}

/**
 * Reads an SRX 1.0 or 2.0 document (1.0 knows no cascade).
 * @throws StudioError FORMAT_BROKEN when it is no SRX or a map names rules that it lacks.
 */
export function readSrx(xml: string, name: string): SrxDocument {
  const { root } = parseXml(xml, { name });
  const header = child(root, 'header');
  const body = child(root, 'body');
  if (root.local !== 'srx' || !body) throw new StudioError('FORMAT_BROKEN', `${name} is not an SRX document.`, { advice: 'Choose a segmentation rules file (.srx).' });
  const rules = new Map<string, SrxRule[]>();
  for (const language of elements(child(body, 'languagerules') ?? body, 'languagerule')) {
    rules.set(language.attributes['languagerulename'] ?? '', elements(language, 'rule').map((rule) => ({
      breaks: rule.attributes['break'] !== 'no', before: pattern(rule, 'beforebreak'), after: pattern(rule, 'afterbreak'),
    })));
  }
  const maps = elements(child(body, 'maprules') ?? body).flatMap((node) => (node.local === 'languagemap' ? [node] : elements(node, 'languagemap')))
    .map((map) => ({ pattern: map.attributes['languagepattern'] ?? '', rules: map.attributes['languagerulename'] ?? '' }));
  const dangling = maps.find((map) => !rules.has(map.rules));
  if (dangling) throw new StudioError('FORMAT_BROKEN', `${name} maps ${dangling.pattern} to rules named "${dangling.rules}", which it does not hold.`, { advice: 'Correct the languagemap entry or add the rules.' });
  return { cascade: header?.attributes['cascade'] === 'yes', rules, maps };
}

const pattern = (rule: XmlElement, local: string): string => { const node = child(rule, local); return node ? textContent(node) : ''; };
