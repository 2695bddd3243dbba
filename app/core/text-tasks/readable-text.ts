/** The segments of a text that is read whole: a document, a text itself, or the documents of a project. */
import { basename } from 'node:path';
import type { ReadableText } from '../../contract/shapes/text-task.ts';
import type { GrantedPaths } from '../files/granted-paths.ts';
import { readNamed } from '../files/read-named.ts';
import type { DocumentParser } from '../formats/parser-worker/parse-document.ts';
import type { OpenProjects } from '../projects/open-projects.ts';
import type { SplitSentences } from '../segmentation/split-sentences.ts';
import { cutUnit } from '../segments/cut-unit.ts';
import { findSegments } from '../segments/find-segments.ts';
import { equivalentText } from '../segments/runs.ts';
import { segmentsByIds } from '../segments/segment-table.ts';

/** As the project, or the document alone, counts it. */
export interface NumberedSegment { readonly number: number; readonly text: string }

export interface ReadingDeps {
  readonly parser: DocumentParser;
  readonly split: SplitSentences;
  readonly projects: OpenProjects;
  readonly paths: GrantedPaths;
}

/** Rows of a project that are read at once. */
const PAGE = 500;

/** Source texts in order, without tags. Throws as reading and parsing a document do, NOT_GRANTED, NOT_FOUND. */
export async function readSegments(document: ReadableText, { parser, split, projects, paths }: ReadingDeps, signal: AbortSignal): Promise<NumberedSegment[]> {
  if ('projectId' in document) return projectSegments(projects, document);
  if ('path' in document) paths.require(document.path);
  const [bytes, fileName] = 'path' in document ? [await readNamed(document.path), basename(document.path)] : [new TextEncoder().encode(document.text), 'text.txt'];
  const language = document.language ?? 'en';
  const { parsed } = await parser.parse({ bytes, fileName, from: language, to: language }, { signal });
  const texts = parsed.units.flatMap((unit) => cutUnit(unit, split, language).segments.map(({ source }) => equivalentText(source, unit.tags)));
  return texts.map((text, i) => ({ number: i + 1, text }));
}

async function projectSegments(projects: OpenProjects, { projectId, fileIds }: Extract<ReadableText, { projectId: number }>): Promise<NumberedSegment[]> {
  const { db } = projects.get(projectId);
  const wanted = fileIds === undefined ? null : new Set(fileIds);
  const ids = await findSegments(db, {});
  const segments: NumberedSegment[] = [];
  for (let start = 0; start < ids.length; start += PAGE)
    for (const { number, fileId, source, tags } of segmentsByIds(db, ids.slice(start, start + PAGE)))
      if (wanted === null || wanted.has(fileId)) segments.push({ number, text: equivalentText(source, tags) });
  return segments;
}
