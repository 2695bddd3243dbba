/** Documents for the tests of the bilingual files: each thing that a file must carry, and arbitrary ones. */
import fc from 'fast-check';
import type { Origin } from '../../../contract/shapes/segment.ts';
import type { Runs, Tag } from '../../../contract/shapes/text.ts';
import { normalizeRuns } from '../../segments/runs.ts';
import type { BilingualDocument, BilingualSegment } from '../bilingual-document.ts';

const TAGS: Tag[] = [
  { tag: 1, label: 'b', open: '<b class="x & y">', close: '</b>', canDelete: true, canCopy: true },
  { tag: 2, label: 'br', open: '<br/>', equivalent: '\n', canDelete: true, canCopy: true },
  { tag: 3, label: 'footnote', open: '<w:footnoteReference w:id="2"/>', canDelete: false, canCopy: false },
  { tag: 4, label: 'i', open: '<i>', close: '</i>', canDelete: true, canCopy: true },
];
const mt: Origin = { kind: 'mt', model: 'enpt', score: -0.2 };
const open = (tag: number) => ({ tag, kind: 'open' as const }), close = (tag: number) => ({ tag, kind: 'close' as const }), empty = (tag: number) => ({ tag, kind: 'empty' as const });

export const EXAMPLE: BilingualDocument[] = [
  {
    file: 'manual/Ünïts & "more".docx', format: 'docx', from: 'en', to: 'pt-BR',
    units: [
      {
        id: 'word/document.xml#1', role: 'h1', note: 'A <heading> & more', tags: TAGS, gapAfter: ['  '],
        segments: [
          { id: 11, source: ['Press ', open(1), 'Start', close(1), ' now', empty(3), '.'], target: ['Carregue já em ', open(1), 'Iniciar', close(1), empty(3), '.'], state: 'translated', locked: false, origin: { kind: 'typed' }, gapBefore: [' '] },
          { id: 12, source: [open(4), 'It opens', empty(2), 'here.'], target: [open(4), 'Abre-se ', empty(2), 'aqui.'], state: 'draft', locked: false, origin: mt, gapBefore: ['\u00a0', ' '] },
          { id: 13, source: ['5 < 6', close(4), ' & ]]> "q"'], target: null, state: 'not-started', locked: false, origin: null, gapBefore: [] },
        ],
      },
      { id: 'word/document.xml#2', role: 'footnote', tags: [], gapAfter: [], segments: [{ id: 14, source: ['=1+1 <script>alert(1)</script>'], target: ["@x '=-{b1} \\{\t\r\nç 😀\u0007"], state: 'rejected', locked: false, origin: mt, gapBefore: [] }] },
      { id: 'word/document.xml#3', role: 'p', tags: [], gapAfter: ['***'], segments: [] },
    ],
  },
  {
    file: 'page.html', format: 'html', from: 'en', to: 'pt-BR',
    units: [
      { id: 'line-3', role: 'p', tags: [], gapAfter: [], segments: [{ id: 15, source: ['Reviewed.'], target: ['Revisto.'], state: 'reviewed', locked: true, origin: { kind: 'memory', corpus: 'main', match: 101 }, gapBefore: [] }] },
      { id: 'line-4', role: 'p', tags: [], gapAfter: [], segments: [{ id: 16, source: ['Not yet.'], target: null, state: 'not-started', locked: false, origin: null, gapBefore: [] }] },
    ],
  },
];
export const OPTIONS = { studio: 'Bitext Studio 0.1.0', created: '2026-11-22T12:16:00Z' };

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom(' ', '\n', '\r\n', '\t', '=', '+1', '-', '@', "'", '"', '{', '}', '\\', '{b1}', '{/b1}', '{br2}', '\\n', '<b>', '&amp;', ']]>', '-->', '</script>', '\u0000', '\u000c', '\ufeff', '\ufffe', '\ud800', '\udc00x', '\u202e', 'سلام', '漢字'),
);
const label = fc.constantFrom('b', 'i', 'br', 'img', 'link', 'x', 'footnote', 'w:fld', '{}', '');
const markup = fc.oneof(fc.constantFrom('<b>', '</b>', '<br/>', ''), fc.string({ maxLength: 8 }));
const tag = fc.record({ label, open: markup, close: fc.option(markup, { nil: undefined }), equivalent: fc.option(fc.constantFrom('\n', ' '), { nil: undefined }), canDelete: fc.boolean(), canCopy: fc.boolean() });

const runs = (tags: number, kinds: readonly boolean[]): fc.Arbitrary<Runs> => {
  const run = tags === 0 ? text : fc.oneof({ weight: 2, arbitrary: text }, fc.record({ tag: fc.integer({ min: 1, max: tags }), closing: fc.boolean() }).map(({ tag: n, closing }) => ({ tag: n, kind: kinds[n - 1] ? (closing ? 'close' as const : 'open' as const) : 'empty' as const })));
  return fc.array(run, { maxLength: 8 }).map((parts) => normalizeRuns(parts));
};
const hasText = (content: Runs): boolean => content.some((run) => typeof run === 'string' && run.trim() !== '');

const segment = (tags: number, kinds: readonly boolean[]): fc.Arbitrary<Omit<BilingualSegment, 'id'>> => fc.record({
  source: runs(tags, kinds).filter(hasText), translation: fc.option(fc.record({ runs: runs(tags, kinds).filter(hasText), state: fc.constantFrom('draft', 'translated', 'reviewed', 'rejected') }), { nil: null }),
  machine: fc.boolean(), locked: fc.boolean(), gapBefore: fc.constantFrom<Runs>([], [' '], ['\n  ']),
}).map(({ source, translation, machine, locked, gapBefore }) => ({
  source, gapBefore, locked, target: translation?.runs ?? null, state: translation?.state ?? 'not-started', origin: translation ? (machine ? mt : { kind: 'typed' }) : null,
}));

/** One document, with unbalanced and repeated tags, control characters, lone surrogates and whatever looks like markup. */
export const anyDocument: fc.Arbitrary<BilingualDocument> = fc.array(fc.array(tag, { maxLength: 4 }).chain((found) => {
  const tags = found.map(({ close: end, equivalent, ...rest }, i): Tag => ({ tag: i + 1, ...rest, ...(end === undefined ? {} : { close: end }), ...(equivalent === undefined ? {} : { equivalent }) }));
  return fc.record({ tags: fc.constant(tags), role: fc.constantFrom('p', 'h 1', ''), segments: fc.array(segment(tags.length, tags.map(({ close: end }) => end !== undefined)), { maxLength: 4 }), gapAfter: fc.constantFrom<Runs>([], [' ']) });
}), { maxLength: 4 }).map((units) => {
  let id = 0;
  return { file: 'any.txt', format: 'txt', from: 'en', to: 'pt', units: units.map((unit, i) => ({ ...unit, id: `line-${i + 1}`, segments: unit.segments.map((content) => ({ ...content, id: ++id })) })) };
});
