/** The bilingual files as documents: another job may take them in, and must find the same segments. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ReadonlyRuns, Runs, TagRun } from '../../contract/shapes/text.ts';
import { detectFormat } from '../formats/registry.ts';
import { pseudoRuns } from '../formats/pseudo.ts';
import { normalizeRuns, plainText, tagRuns } from '../segments/runs.ts';
import type { BilingualDocument } from './bilingual-document.ts';
import { anyDocument, EXAMPLE, OPTIONS } from './testing/example-documents.ts';
import { readBilingual, writeBilingual } from './registry.ts';

const options = { from: 'en', to: 'pt' };

const ILLEGAL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;
/** Without characters that these files hold as markup of their own, and with the tags of `keep` only. */
const clean = (runs: ReadonlyRuns, keep: (run: TagRun) => boolean): Runs => normalizeRuns(runs.filter((run) => typeof run === 'string' || keep(run)).map((run) => (typeof run === 'string' ? run.replace(ILLEGAL, '') : run)));
const hasText = (runs: ReadonlyRuns | null): boolean => runs === null || plainText(runs).replace(ILLEGAL, '').trim() !== '';

/** A document as a real one is: no locks, and each tag once in its unit, opened before it is closed. */
function plainer(document: BilingualDocument): BilingualDocument {
  return { ...document, units: document.units.map((unit) => {
    const written = unit.segments.filter(({ source, target }) => hasText(source) && hasText(target));
    const all = written.flatMap(({ source }) => tagRuns(source));
    const first = ({ tag, kind }: TagRun, at: number): boolean => all.findIndex((run) => run.tag === tag && run.kind === kind) === at;
    const kept = new Set(all.filter((run, at) => first(run, at) && (run.kind === 'empty' || (all.findIndex(({ tag, kind }) => tag === run.tag && kind === 'open') < all.findIndex(({ tag, kind }) => tag === run.tag && kind === 'close') && all.some(({ tag, kind }) => tag === run.tag && kind === 'open')))));
    return { ...unit, segments: written.map((segment) => ({ ...segment, locked: false, source: clean(segment.source, (run) => kept.has(run)), target: segment.target && clean(segment.target, () => true) })) };
  }) };
}

/** Numbers of tags in the order in which a segment has them, which is how a document of segments numbers them. */
function renumbered(source: ReadonlyRuns, target: ReadonlyRuns | null | undefined): unknown {
  const numbers = new Map<number, number>();
  const number = (runs: ReadonlyRuns) => runs.map((run) => {
    if (typeof run === 'string') return run;
    if (!numbers.has(run.tag)) numbers.set(run.tag, numbers.size + 1);
    return { tag: numbers.get(run.tag), kind: run.kind };
  });
  return { source: number(source), target: target ? number(target) : null };
}

describe.each(['xliff12', 'xliff21'] as const)('%s', (kind) => {
  const found = async (documents: readonly BilingualDocument[]) => {
    const bytes = writeBilingual(kind, documents, OPTIONS);
    const format = detectFormat(bytes, 'export.xlf');
    return { bytes, format, units: (await format.read(bytes, options)).units };
  };
  const wanted = (documents: readonly BilingualDocument[]) => documents.flatMap(({ units }) => units.flatMap(({ segments }) => segments));

  test('the example is read as it was written: texts, tags, states, notes', async () => {
    const documents = EXAMPLE.map(plainer);
    const { units } = await found(documents);
    expect(units.map(({ source, target, state }) => ({ ...Object(renumbered(source, target)), state: state ?? 'not-started' }))).toEqual(wanted(documents).map(({ source, target, state }) => ({ ...Object(renumbered(source, target)), state })));
    expect(units[0]?.note).toBe('A <heading> & more');
    expect(units[0]?.tags.map(({ label, open, close }) => ({ label, open, close }))).toEqual([{ label: 'b', open: '<b class="x & y">', close: '</b>' }, { label: 'footnote', open: '<w:footnoteReference w:id="2"/>', close: undefined }]);
  });

  test('so are arbitrary texts', async () => {
    await fc.assert(fc.asyncProperty(anyDocument.map(plainer), async (document) => {
      // A target with the codes of its source: what else a target may have is the reader's business.
      const translated = { ...document, units: document.units.map((unit) => ({ ...unit, segments: unit.segments.map((segment) => ({ ...segment, target: segment.target && pseudoRuns(segment.source) })) })) };
      const { units } = await found([translated]);
      expect(units.map(({ source, target }) => renumbered(source, target))).toEqual(wanted([translated]).map(({ source, target }) => renumbered(source, normalizeRuns(target ?? []).length > 0 ? target : null)));
    }), { numRuns: 100 });
  });

  test('what another job translates in the file comes back to its segments', async () => {
    const documents = EXAMPLE.map(plainer);
    const { bytes, format, units } = await found(documents);
    const written = await format.write(bytes, new Map(units.map(({ id, source }) => [id, pseudoRuns(source)])), { ...options, setLanguage: false, states: new Map(units.map(({ id }) => [id, 'reviewed'])) });
    expect(readBilingual(kind, written)).toEqual(wanted(documents).map(({ id, source }) => ({ id, source, target: pseudoRuns(source), state: 'reviewed' })));
  });
});
