/** Every document format the studio takes in, and which of them a file is in. */
import { StudioError } from '../../contract/errors.ts';
import type { DocumentFormat } from './format.ts';
import { docx } from './docx/docx.ts';
import { html } from './html/html.ts';
import { md } from './md/md.ts';
import { po } from './po/po.ts';
import { srt, vtt } from './srt/srt.ts';
import { txt } from './txt/txt.ts';
import { xliff12 } from './xliff12/xliff12.ts';
import { xliff2 } from './xliff2/xliff2.ts';

export const formats: readonly DocumentFormat[] = [docx, html, md, po, srt, txt, vtt, xliff12, xliff2];

/**
 * The format that claims a file most surely, from its name and first bytes.
 * @throws StudioError FORMAT_UNKNOWN, with what is supported.
 */
export function detectFormat(bytes: Uint8Array, fileName: string): DocumentFormat {
  let best: DocumentFormat | undefined, bestScore = 0;
  for (const format of formats) {
    const score = format.sniff(bytes, fileName);
    if (score > bestScore) [best, bestScore] = [format, score];
  }
  if (best) return best;
  const supported = formats.map(({ name, extensions }) => `${name} (${extensions.map((extension) => `.${extension}`).join(', ')})`);
  throw new StudioError('FORMAT_UNKNOWN', `${fileName} is not in a format that the studio reads.`, { advice: `It reads ${supported.join(', ')}.`, data: { file: fileName, supported: formats.map(({ id }) => id) } });
}

/** The format with an id, for files that were taken in before. */
export function formatById(id: string): DocumentFormat {
  const format = formats.find((known) => known.id === id);
  if (!format) throw new StudioError('FORMAT_UNKNOWN', `There is no document format named ${id}.`, { advice: `Use one of ${formats.map((known) => known.id).join(', ')}.`, data: { format: id } });
  return format;
}
