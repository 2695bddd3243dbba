/**
 * What a document format is to the studio: bytes in, translatable units out, translated bytes back.
 *
 * `write` never serialises what it parsed: it parses the original bytes again, and splices targets in at the offsets of the
 * units. With no targets it returns the same bytes (text formats) or a package of the same parts (zip formats).
 */
import type { SegmentState } from '../../contract/shapes/segment.ts';
import type { ReadonlyRuns, Runs, Tag } from '../../contract/shapes/text.ts';

export interface Unit {
  /** Unique in its document and the same on every read of the same bytes, e.g. `word/document.xml#12`. */
  readonly id: string;
  /** Source text with tags; white space as the document's reader sees it (HTML collapsed, `<pre>` kept). Never empty of text. */
  readonly source: Runs;
  /** Tag table, numbered 1..n in order of first appearance in `source`. */
  readonly tags: readonly Tag[];
  /** What kind of text it is: `p`, `h1`, `cell`, `footnote`, `title`, `alt`, `subtitle`, `msgid` ... ; shown to the translator. */
  readonly role: string;
  /** The format has cut the text into segments itself (PO entry, XLIFF mrk, subtitle): the core must not split it further. */
  readonly segmented: boolean;
  /** Translation that stands in the document already. */
  readonly target?: Runs;
  /** State of that translation; `draft` when the document does not say. */
  readonly state?: SegmentState;
  readonly locked?: boolean;
  /** A note to the translator. */
  readonly note?: string;
  /**
   * Markup just outside the unit, as kind and label: `open b`, `close b`, `empty br`. Readers of text formats leave markup at the
   * edges of a text out; where a translation has moved a tag to an edge, the delivered file is read back with the tag here.
   */
  readonly around?: readonly string[];
}

export interface ReadOptions {
  readonly from: string;
  readonly to: string;
  /** Overrides the detected encoding of a text format (an iconv-lite name). */
  readonly encoding?: string;
  readonly signal?: AbortSignal;
}

export interface ParsedDocument {
  readonly units: readonly Unit[];
  /** iconv-lite name of the encoding that was found; absent for packages. */
  readonly encoding?: string;
}

export interface WriteOptions extends ReadOptions {
  /** Set the document's declared language to `to` (lang attribute, PO header ...). No-op exports leave it off. */
  readonly setLanguage: boolean;
  /** State of each translated unit, for formats that carry one (XLIFF, PO). */
  readonly states?: ReadonlyMap<string, SegmentState>;
}

export interface DocumentFormat {
  /** `docx`, `html`, `md`, `txt`, `srt`, `po`, `xliff12`, `xliff2`. */
  readonly id: string;
  readonly name: string;
  /** Lower case, without a dot. */
  readonly extensions: readonly string[];
  /** Its documents hold source and target side by side: `read` gives both, and what counts in a delivered one is the target. */
  readonly bilingual?: true;
  /** 0 (not mine) to 1 (certain), from the name and the first bytes; must be quick. */
  sniff(bytes: Uint8Array, fileName: string): number;
  /** Throws StudioError: FORMAT_BROKEN, FORMAT_ENCRYPTED, FORMAT_LIMIT, ENCODING_UNSUPPORTED. */
  read(bytes: Uint8Array, options: ReadOptions): Promise<ParsedDocument>;
  /**
   * `targets`: unit id -> translated runs; units without one keep their source. Tags in targets are those of the unit's table.
   * Throws StudioError TAGS_BROKEN when a target breaks its tag set (a closing run without its opening one, an unknown number,
   * a missing tag that can't be deleted), with the unit id in `data.unit`; INVALID_INPUT for an unknown unit id.
   */
  write(bytes: Uint8Array, targets: ReadonlyMap<string, ReadonlyRuns>, options: WriteOptions): Promise<Uint8Array>;
}
