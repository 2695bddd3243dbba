/** What holds for every PO and POT file of the shared test data. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { normalizeRuns } from '../../segments/runs.ts';
import { documentsOf } from '../testing/invariants.ts';
import { pseudoRuns } from '../pseudo.ts';
import { po } from './po.ts';

const data = process.env['BITEXT_TEST_DATA'] ?? join(import.meta.dirname, '../../../../../shared/data');
const Expected = v.object({ file: v.string(), units: v.array(v.object({ text: v.string() })) });
const documents = documentsOf('po', 'pot');
const options = { from: 'en', to: 'pt' };

describe.skipIf(documents.length === 0)('every PO file of the shared test data (skipped when the data is absent)', () => {
  test.each(documents)('$name', async ({ name, bytes }) => {
    expect(po.sniff(bytes, name)).toBeGreaterThan(0.4);
    const { units, encoding = '' } = await po.read(bytes, options);
    const noop = await po.write(bytes, new Map(units.flatMap(({ id, target }) => (target ? [[id, target]] : []))), { ...options, setLanguage: false, states: new Map(units.flatMap(({ id, state }) => (state ? [[id, state]] : []))) });
    expect(Buffer.from(noop).equals(bytes)).toBe(true);

    const plain = !/^utf|1252|8859-1$/.test(encoding);
    const targets = new Map(units.map(({ id, source }) => [id, plain ? source.map((run) => (typeof run === 'string' ? `${run}x` : run)) : pseudoRuns(source)]));
    const written = await po.write(bytes, targets, { ...options, setLanguage: false, states: new Map(units.map(({ id }) => [id, 'translated'])) });
    const again = await po.read(written, { ...options, encoding });
    expect(again.units.map(({ id, source }) => ({ id, source }))).toEqual(units.map(({ id, source }) => ({ id, source })));
    expect(again.units.map(({ target }) => target)).toEqual(units.map(({ id }) => normalizeRuns(targets.get(id) ?? [])));
    expect(new Set(again.units.map(({ state }) => state))).toEqual(new Set(units.length > 0 ? ['translated'] : []));
  });

  test('all the text that another framework extracts is found', async () => {
    // It keeps escapes, and takes another set of placeholders out of the text.
    const bare = (text: string): string => text.replaceAll('\\"', '"').replaceAll('\\n', '\n').replace(/%[-+#0-9.$']*[A-Za-z]/g, '').replace(/\s+/g, '');
    const read = new Map(await Promise.all(documents.map(async ({ name, bytes }) => {
      const { units } = await po.read(bytes, options);
      return [name, bare(units.map(({ source, tags }) => source.map((run) => (typeof run === 'string' ? run : (tags[run.tag - 1]?.open ?? ''))).join('')).join('\n'))] as const;
    })));
    const expected = expectedUnits('po', 'pot');
    expect(expected.length).toBeGreaterThan(100);
    expect(expected.filter(({ file, text }) => !read.get(file)?.includes(bare(text)))).toEqual([]);
  });
});

function expectedUnits(...folders: string[]): { file: string; text: string }[] {
  return readFileSync(join(data, 'documents/expected-units.jsonl'), 'utf8').split('\n').filter((line) => folders.some((folder) => line.startsWith(`{"file": "${folder}/`)))
    .flatMap((line) => { const { file, units } = v.parse(Expected, JSON.parse(line)); return units.map(({ text }) => ({ file, text })); });
}
