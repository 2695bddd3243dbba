/** `bitext project analyze`: files by bands of matches, before the work begins. */
import { analyseSegments, type Analysis, MATCH_BANDS } from '../../core/memory/analyse-segments.ts';
import { loadMemory } from '../../core/memory/load-memory.ts';
import { modelText, tagsForModel } from '../../core/jobs/model-text.ts';
import type { Action } from '../command.ts';
import type { SharedOptions } from '../context.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { allSegments } from './all-segments.ts';
import { openProject } from './opened-project.ts';
import { translationChoices } from './translation-choices.ts';

interface Options extends SharedOptions { readonly memory?: readonly string[] }

/** A table of words for people; segments, words and characters for programs, a line for each file and one for all. */
export const projectAnalyze: Action<Options> = async (context, [path], { memory: corpora }) => {
  const { memory: wanted } = translationChoices(corpora === undefined ? {} : { memory: corpora });
  const { studio, project } = await openProject(context, path);
  const { terminal, json, signal } = context;
  const memory = await loadMemory(wanted?.files ?? [], project, signal);
  const seen = new Set<string>(), analyses: { readonly file: string; readonly bands: Analysis }[] = [];
  for (const file of project.files) {
    const texts: string[] = [];
    for await (const { source, tags } of allSegments(studio, project.id, { fileId: file.id })) texts.push(modelText(source, tagsForModel(tags)));
    analyses.push({ file: file.path, bands: await analyseSegments(texts, memory, seen, signal) });
  }
  const all = [...analyses, { file: 'all', bands: sumOf(analyses.map(({ bands }) => bands)) }];
  if (json) for (const analysis of all) terminal.result(JSON.stringify(analysis));
  else {
    terminal.result(`${MATCH_BANDS.map((band) => (band === 'repetition' ? 'repeated' : band === 'new' ? band : `${band} %`).padStart(9)).join('')}  words`);
    for (const { file, bands } of all) terminal.result(`${MATCH_BANDS.map((band) => bands[band].words.toLocaleString('en').padStart(9)).join('')}  ${file}`);
  }
  return EXIT.done;
};

function sumOf(analyses: readonly Analysis[]): Analysis {
  const sum = (band: (typeof MATCH_BANDS)[number]) => analyses.reduce((total, { [band]: count }) => ({ segments: total.segments + count.segments, words: total.words + count.words, characters: total.characters + count.characters }), { segments: 0, words: 0, characters: 0 });
  return { repetition: sum('repetition'), '100': sum('100'), '95-99': sum('95-99'), '85-94': sum('85-94'), '75-84': sum('75-84'), '50-74': sum('50-74'), new: sum('new') };
}
