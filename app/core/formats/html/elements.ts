/** What HTML's elements and attributes mean to a translator. */

const words = (list: string): ReadonlySet<string> => new Set(list.trim().split(/\s+/));

/** Elements that end the paragraph before them; the rest, unknown ones too, stand within a sentence. */
export const BLOCKS = words(`
  address article aside blockquote body button caption center col colgroup dd details desc dialog dir div dl dt fieldset figcaption figure
  footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html label legend li link listing main menu meta nav noframes noscript
  ol optgroup option p pre search section select summary table tbody td template text textarea tfoot th thead title tr ul xmp`);

/** Elements without an end tag. */
export const VOIDS = words('area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr');

/** Elements whose content is no text for people. Those of a sentence (`code`) stand in it as one tag. */
export const PROTECTED = words('script style code math svg iframe noembed xmp listing plaintext');
/** Of those, the ones that are part of the sentence they stand in. */
export const PROTECTED_WORDS = words('code math');

/** Elements whose end tag may be left out: they end where their parent does, or where a sibling begins. */
export const IMPLIED_END = words('p li dt dd tr td th thead tbody tfoot option optgroup colgroup caption rp rt body html head');

/** Blocks of ours that HTML allows within a paragraph: an open `<p>` goes on after them. */
export const STAND_IN_PARAGRAPHS = words('button desc label noscript optgroup option select template text textarea title');

/** White space counts in these. */
export const KEEPS_SPACES = words('pre textarea listing');

const ATTRIBUTES = words('title alt placeholder label abbr summary standby aria-label aria-description aria-placeholder aria-roledescription aria-valuetext');
const META_NAMES = words(`description keywords title subject abstract dc.title dc.description dc.subject dcterms.title dcterms.description
  og:title og:description og:image:alt twitter:title twitter:description twitter:image:alt apple-mobile-web-app-title`);
const BUTTONS = words('submit button reset');

/** The role of an attribute's text, or undefined when it is not for people. `get` reads the element's other attributes. */
export function attributeRole(element: string, attribute: string, get: (name: string) => string | undefined): string | undefined {
  if (element === 'meta') {
    const name = (get('name') ?? get('property') ?? get('itemprop') ?? '').toLowerCase();
    return attribute === 'content' && META_NAMES.has(name) ? name : undefined;
  }
  if (attribute === 'value') return element === 'button' || (element === 'input' && BUTTONS.has((get('type') ?? '').toLowerCase())) ? 'button' : undefined;
  if (element === 'link' || element === 'style') return undefined;
  return ATTRIBUTES.has(attribute) ? attribute : undefined;
}
