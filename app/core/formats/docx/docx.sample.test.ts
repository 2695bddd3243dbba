import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { OPTIONS } from '../testing/invariants.ts';
import { docx } from './docx.ts';
import { unzipped } from './testing/docx-fixtures.ts';

const ROOT = path.resolve(import.meta.dirname, '../../../..');
const SAMPLE = readFileSync(path.join(ROOT, 'resources/samples/contract.docx'));

test('the sample contract is what its script makes', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'bitext-sample-'));
  try {
    const made = path.join(folder, 'contract.docx');
    const { status, stderr } = spawnSync(process.execPath, [path.join(ROOT, 'scripts/samples/make-docx-sample.mjs'), made], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(await unzipped(readFileSync(made))).toEqual(await unzipped(SAMPLE));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the sample contract has what contracts have', async () => {
  const { units } = await docx.read(SAMPLE, OPTIONS);
  const roles = new Set(units.map(({ role }) => role)), labels = new Set(units.flatMap(({ tags }) => tags.map(({ label }) => label)));
  expect([...roles].sort()).toEqual(['caption', 'cell', 'comment', 'endnote', 'footer', 'footnote', 'h1', 'header', 'p', 'subtitle', 'textbox', 'title']);
  expect([...labels].sort()).toEqual(['b', 'comment', 'endnote', 'field', 'footnote', 'i', 'link', 'tab']);
});
