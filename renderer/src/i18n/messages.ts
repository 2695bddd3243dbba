/** Every sentence that stands for a code. English is the only language so far; another one is another file of this shape. */
import type { ErrorCode } from '../../../app/contract/errors.ts';
import type { BilingualKind } from '../../../app/contract/shapes/delivery.ts';
import type { Device, ModelInfo } from '../../../app/contract/shapes/model.ts';
import type { Progress } from '../../../app/contract/shapes/project.ts';
import type { FindingCode, Origin, SegmentState } from '../../../app/contract/shapes/segment.ts';
import type { TrainingState } from '../../../app/contract/shapes/training.ts';

export interface ErrorText { readonly title: string; readonly advice: string }

export const ERROR_TEXTS: Readonly<Record<ErrorCode, ErrorText>> = {
  INVALID_INPUT: { title: 'That can\u2019t be done', advice: 'Check what was entered and try again.' },
  UNKNOWN_CALL: { title: 'That is not available', advice: 'Restart the studio; if it happens again, install it anew.' },
  NOT_FOUND: { title: 'Not found', advice: 'It may have been removed. Open the project again.' },
  NOT_GRANTED: { title: 'This file was not chosen by you', advice: 'Choose it in the dialog, or drop it on the window.' },
  CONFLICT: { title: 'This segment was changed meanwhile', advice: 'Choose which of the two texts to keep.' },
  LOCKED: { title: 'This segment is locked', advice: 'Locked segments can\u2019t be changed.' },
  CANCELLED: { title: 'Cancelled', advice: 'What was done until then is kept.' },
  DISK_FULL: { title: 'The disk is full', advice: 'Free some space and try again; what is done is kept.' },
  NO_PERMISSION: { title: 'No permission', advice: 'Change its permissions, or choose a place that you may read and write.' },
  FILE_MISSING: { title: 'File not found', advice: 'It may have been moved or renamed. Choose it again.' },
  FILE_BUSY: { title: 'The file is in use', advice: 'Close the program that holds it and try again.' },
  FILE_TOO_LARGE: { title: 'The file is too large', advice: 'Split it and add the parts.' },
  FORMAT_UNKNOWN: { title: 'This kind of file is not known', advice: 'Save it as DOCX, HTML, Markdown, plain text, SRT, VTT, PO or XLIFF and add it again.' },
  FORMAT_BROKEN: { title: 'The file is damaged', advice: 'Open it in the program that made it, save it again and add it again.' },
  FORMAT_ENCRYPTED: { title: 'The file is protected by a password', advice: 'Remove the password in the program that made it and add it again.' },
  FORMAT_LIMIT: { title: 'The file goes past a safety limit', advice: 'Split it and add the parts.' },
  ENCODING_UNSUPPORTED: { title: 'The text encoding is not known', advice: 'Save the file as UTF-8 and add it again.' },
  TAGS_BROKEN: { title: 'The tags don\u2019t match the source', advice: 'Insert the missing tags (Ctrl+Shift+T) or remove the extra ones, then confirm again.' },
  MODEL_MISSING: { title: 'The model is not there', advice: 'Download it from the catalogue, or import a model folder.' },
  MODEL_BROKEN: { title: 'The model is damaged', advice: 'Remove it and download it again.' },
  MODEL_UNSUPPORTED: { title: 'This kind of model is not supported', advice: 'Use another model of the catalogue.' },
  PAIR_WITHOUT_MODEL: { title: 'No model for this pair of languages', advice: 'Look for one under Models (Ctrl+Shift+L); everything else works without one.' },
  DEVICE_UNAVAILABLE: { title: 'The chosen device can\u2019t be used', advice: 'The studio can run on the processor instead.' },
  ENGINE_EXITED: { title: 'The translation engine stopped', advice: 'It is being started again. Nothing that was translated is lost; continue when it is ready.' },
  DB_FROM_FUTURE: { title: 'The project was made by a newer studio', advice: 'Update the studio to open it. The file was not touched.' },
  DB_DAMAGED: { title: 'The project file is damaged', advice: 'Keep the file, and open a copy of it from your last backup.' },
  DB_LOCKED: { title: 'The project is open elsewhere', advice: 'Close it in the other window or command, then try again.' },
  DELIVERY_FAILED: { title: 'The delivery is not complete', advice: 'Look at the receipt: each file that failed says why.' },
  INTERNAL: { title: 'Something went wrong in the studio', advice: 'Your work is stored. Try again; restart the studio if it happens again.' },
};

export const STATE_NAMES: Readonly<Record<SegmentState, string>> = {
  'not-started': 'Not started', draft: 'Draft', translated: 'Confirmed', reviewed: 'Reviewed', rejected: 'Rejected',
};

export const FINDING_NAMES: Readonly<Record<FindingCode, string>> = {
  'tag-missing': 'Tag missing', 'tag-extra': 'Tag too many', 'tag-order': 'Tag order', 'tag-nesting': 'Tag nesting', 'number-changed': 'Number changed', 'url-changed': 'Address changed', 'identifier-changed': 'Name or placeholder changed',
  'empty-target': 'Empty target', 'target-is-source': 'Same as source', 'repetition-loop': 'Repetition', 'text-lost': 'Text lost', 'term-missing': 'Term missing', 'term-forbidden': 'Forbidden term', 'source-left-over': 'Source left over',
  'segment-not-found': 'Segment not found', 'file-differs': 'File differs', 'schema-invalid': 'Not valid', untranslated: 'Not translated', unreadable: 'Unreadable',
};

export const BILINGUAL_NAMES: Readonly<Record<BilingualKind, { name: string; use: string }>> = {
  xliff21: { name: 'XLIFF 2.1', use: 'for other translation tools' },
  xliff12: { name: 'XLIFF 1.2', use: 'for older translation tools' },
  tmx: { name: 'TMX 1.4b', use: 'a translation memory' },
  html: { name: 'Bilingual HTML', use: 'one page, readable in any browser' },
  tsv: { name: 'TSV', use: 'a table for spreadsheets' },
};

export const PHASE_NAMES: Readonly<Record<Progress['phase'], string>> = {
  read: 'Reading documents', 'load-model': 'Loading the model', translate: 'Translating', write: 'Writing files', verify: 'Opening every file again', download: 'Downloading',
  summarize: 'Summarizing', ask: 'Looking for the answer', measure: 'Measuring', learn: 'Learning', quantize: 'Rounding to 8 bit',
};

export const TRAINING_STATES: Readonly<Record<TrainingState, string>> = { running: 'Learning', interrupted: 'Interrupted', cancelled: 'Paused', accepted: 'Better', rejected: 'Not better', diverged: 'Failed', trained: 'Trained' };

export const DEVICE_NAMES: Readonly<Record<Device, string>> = { cpu: 'CPU', webgpu: 'WebGPU', directml: 'DirectML', coreml: 'Core ML', cuda: 'CUDA' };

/** Where a target came from, in two or three words. */
export function originName(origin: Origin): string {
  switch (origin.kind) {
    case 'typed': return 'typed';
    case 'mt': return 'machine';
    case 'source-copy': return 'source copied';
    case 'propagated': return 'repeated';
    case 'document': return 'from document';
    case 'memory': return `memory ${origin.match} %`;
    case 'history': return 'from history';
  }
}

/** What a model is for: `English → Portuguese`, `3 languages → English`, `Summaries, questions`. */
export function modelLanguages({ from, to, languages, tasks }: ModelInfo): string {
  const side = (tags: readonly string[], tag: string): string => (tags.length > 1 ? `${formatCount(tags.length)} languages` : languageName(tags[0] ?? tag));
  const translates = tasks === undefined || tasks.includes('translate');
  return [
    ...(translates ? [`${side(languages?.from ?? [from], from)} → ${side(languages?.to ?? [to], to)}`] : []),
    ...(tasks?.includes('summarize') ? ['summaries'] : []), ...(tasks?.includes('answer') ? ['questions'] : []),
  ].join(', ');
}

/** The language's own window name, e.g. `Portuguese`; the tag itself where the system knows none. */
export function languageName(tag: string): string {
  try {
    return new Intl.DisplayNames(['en'], { type: 'language', fallback: 'code' }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

const count = new Intl.NumberFormat('en');
export const formatCount = (n: number): string => count.format(n);

/** `1 segment`, `2,000 segments`. */
export const plural = (n: number, one: string, many = `${one}s`): string => `${formatCount(n)} ${n === 1 ? one : many}`;

/** A span of time as people say it: `8 s`, `4 min`, `1 h 50 min`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${formatCount(Math.max(1, Math.round(seconds)))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${formatCount(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}

/** A size in decimal units: `17 MB`. */
export function formatBytes(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB'];
  let size = bytes, unit = 0;
  while (size >= 1000 && unit < units.length - 1) { size /= 1000; unit++; }
  return `${unit === 0 || size >= 10 ? formatCount(Math.round(size)) : size.toFixed(1)} ${units[unit] ?? ''}`;
}

interface Told { readonly title: string; readonly message: string; readonly advice: string; readonly code: ErrorCode }

const isCode = (code: unknown): code is ErrorCode => typeof code === 'string' && Object.hasOwn(ERROR_TEXTS, code);

/** The code of an error that came from the core or from main; INTERNAL for anything else. */
export function codeOf(error: unknown): ErrorCode {
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return isCode(code) ? code : 'INTERNAL';
}

/** An error as the window tells it: what happened, in general and in this case, and what to do about it. */
export function tellError(error: unknown): Told {
  const code = codeOf(error);
  const text = ERROR_TEXTS[code];
  const message = error instanceof Error ? error.message : String(error);
  // The window has a place for this, and names it.
  const own = code !== 'PAIR_WITHOUT_MODEL' && error instanceof Error && 'advice' in error && typeof error.advice === 'string' ? error.advice : '';
  return { code, title: text.title, message: message === text.title ? '' : message, advice: own === '' ? text.advice : own };
}
