/** `bitext translate -`: one segment a line in, one translation a line out, in the same order, as a stream. */
import { resolve } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { TermEntry } from '../../../native-models/engine/engine.ts';
import { loadMemory } from '../../core/memory/load-memory.ts';
import type { TranslationMemory } from '../../core/memory/translation-memory.ts';
import { loadTerms } from '../../core/terms/load-terms.ts';
import type { CommandContext } from '../context.ts';
import { EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import { linePortions } from './line-portions.ts';
import { languageOfTexts } from './source-language.ts';
import type { TranslateOptions } from './translate-options.ts';
import { translationChoices } from './translation-choices.ts';
import { tellUnusableTerms } from './unusable-terms.ts';
import { counted } from '../terminal/counted.ts';

/**
 * With `--json` stderr tells of each segment how sure the model was of it and of its words, and what the engine noticed.
 * Lines are separated by LF (a CR before it belongs to the separator); a line break inside a translation
 * becomes a space.
 */
export async function translateLines(context: CommandContext, { from: asked, to, model, terms: termbases = [], ...options }: TranslateOptions): Promise<ExitCode> {
  const { beam, memory: wanted } = translationChoices(options);
  let from = asked, memory: TranslationMemory | null = null, fromMemory = 0;
  let terms: readonly TermEntry[] | null = null;
  const engine = await context.engine();
  const { terminal, signal, json } = context;
  let segments = 0, words = 0, seconds = 0, models = '';
  for await (const texts of linePortions(process.stdin)) {
    signal.throwIfAborted();
    // The first lines decide for all: a stream can't be read twice.
    if (from === 'auto') from = languageOfTexts(context, texts);
    if (terms === null) {
      const loaded = await loadTerms(termbases.map((file) => resolve(file)), { from, to });
      tellUnusableTerms(terminal, loaded.failures);
      terms = loaded.entries;
      if (wanted !== undefined) memory = await loadMemory(wanted.files, { from, to }, signal);
    }
    const out = new Array<string | undefined>(texts.length);
    const first = segments;
    let next = 0;
    let written = Promise.resolve();
    const writeReady = (): void => {
      let ready = '';
      for (let line = out[next]; line !== undefined; line = out[++next]) ready += `${line}\n`;
      if (ready !== '') written = written.then(() => terminal.write(ready));
    };
    /** Places in the portion of what the memory does not have. */
    const left: number[] = [];
    for (const [index, text] of texts.entries()) {
      const [best] = text.trim() === '' ? [] : (memory?.find(text, { least: wanted?.threshold ?? 100, most: 1 }) ?? []);
      // A Ctrl-C is heard between two searches.
      if (memory !== null) await turn();
      signal.throwIfAborted();
      if (best === undefined) { left.push(index); continue; }
      out[index] = oneLine(best.target);
      fromMemory++;
      terminal.event('segment', { number: first + index + 1, memory: { match: best.match, corpus: best.corpus } });
    }
    writeReady();
    segments += texts.length - left.length;
    if (left.length === 0) { await written; continue; }
    const summary = await engine.translate({ from, to, texts: left.map((index) => texts[index] ?? ''), ...(beam === undefined ? {} : { beam }), priority: 'batch', alignment: json, ...(model === undefined ? {} : { model }), ...(terms.length === 0 ? {} : { terms }) }, {
      signal,
      onBatch: ({ indices, translations }) => {
        translations.forEach(({ text, confidence = null, words: sure = [], flags }, i) => {
          const index = left[indices[i] ?? -1] ?? -1;
          out[index] = oneLine(text);
          terminal.event('segment', { number: first + index + 1, confidence, words: sure, flags });
        });
        writeReady();
      },
    });
    await written;
    segments += summary.segments;
    models = summary.model;
    words += summary.words;
    seconds += summary.seconds;
    terminal.progress({ phase: 'translate', done: segments, words, ...(seconds > 0 ? { wordsPerSecond: words / seconds } : {}) });
  }
  if (segments > 0) terminal.note(`${counted(segments, 'segment')}${fromMemory === 0 ? '' : ` (${fromMemory.toLocaleString('en')} from memory)`}, ${counted(words, 'word')}, ${Math.round(words / Math.max(seconds, 1e-3)).toLocaleString('en')} words/s${models === '' ? '' : ` (${models})`}`);
  terminal.event('summary', { segments, fromMemory, words, seconds, model: models });
  return EXIT.done;
}

/** A line break inside a translation would be another line. */
const oneLine = (text: string): string => text.replace(/\s*[\r\n]+\s*/g, ' ');
