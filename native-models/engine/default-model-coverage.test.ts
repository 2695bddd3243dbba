/** What the default English-Portuguese student drops when it is asked once, and the guard gets it to say after all. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { defaultStudent } from '../weights/testing/default-students.ts';
import type { Engine, Translation } from './engine.ts';
import { createOnnxEngine } from './onnx-engine.ts';

const STUDENT = defaultStudent('enpt');

describe.skipIf(STUDENT === null)('coverage with the default model, which must be installed', () => {
  const cacheDir = mkdtempSync(path.join(tmpdir(), 'bitext-coverage-'));
  let engine: Engine | undefined;
  afterAll(async () => {
    await engine?.close();
    rmSync(cacheDir, { recursive: true, force: true, maxRetries: 5 });
  });

  it('leaves no part out silently', async () => {
    engine ??= createOnnxEngine({ modelDirs: [STUDENT ?? ''], cacheDir, threads: 1 });
    // The text, and what its translation must say of the part that the first one lacked.
    const cases: readonly (readonly [text: string, said: RegExp])[] = [
      ['Children under 6 years stay free of charge', /gr[aá]t/],
      ['- Children under 6 years stay free of charge.', /gr[aá]t/],
      ['Extra bed for children under 6 years on request, free of charge.', /gr[aá]t/],
      ['Terms and conditions apply', /aplic/],
      ['All crates use a common build system so we can automate their inclusion into Chromium...', /Chromium/],
    ];
    const translations = await translate(engine, [...cases.map(([text]) => text), 'children under 6 years stay free of charge', 'Remark', 'Amount due: 1,234.56 EUR', 'Price list 2024']);
    expect(cases.map(([text, said], i) => (said.test(translations[i]?.text ?? '') || translations[i]?.flags.includes('text-lost') ? 'said or flagged' : `${text}: ${translations[i]?.text}`))).toEqual(cases.map(() => 'said or flagged'));
    const [lower, remark, amount, plain] = translations.slice(cases.length);
    expect(/gr[aá]t/.test(lower?.text ?? '') || lower?.flags.includes('text-lost')).toBe(true);
    expect(remark?.text).not.toMatch(/[([{]/);
    expect(amount?.flags).toEqual(/1[. ]?234,56|1,234\.56/.test(amount?.text ?? '') ? [] : ['number-changed']);
    expect(plain).toMatchObject({ flags: [] });
  });
});

async function translate(engine: Engine, texts: readonly string[]): Promise<Translation[]> {
  const got: Translation[] = [];
  await engine.translate({ from: 'en', to: 'pt', texts, priority: 'batch', alignment: false }, { onBatch: ({ indices, translations }) => indices.forEach((index, i) => {
    const translation = translations[i];
    if (translation !== undefined) got[index] = translation;
  }) });
  return got;
}
