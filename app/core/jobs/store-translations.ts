/** Where the translations of a run go: to segments that nobody has changed meanwhile, as one action that one undo takes back. */
import type { Origin } from '../../contract/shapes/segment.ts';
import type { Runs } from '../../contract/shapes/text.ts';
import type { Translation } from '../../../native-models/engine/engine.ts';
import type { WriteDb } from '../db/connection.ts';
import { beginGroup, changeSegment, topGroup } from '../segments/edit-log.ts';
import type { Author } from '../segments/edit-log.ts';
import { checkTarget } from '../segments/findings.ts';
import { carryTarget } from '../segments/same-source.ts';
import type { TermRules } from '../terms/term-rules.ts';
import { tagsForModel } from './model-text.ts';
import { placeTranslation } from './place-translation.ts';
import type { TranslationTask } from './translation-tasks.ts';

/** A text with its translation, wherever this comes from. */
export interface DoneTask {
  readonly task: TranslationTask;
  /** With the tags of the first segment. */
  readonly target: Runs;
  readonly origin: Origin;
  readonly flags: Translation['flags'];
}

/** Segments that were changed, the texts and words they make, and how many of them have findings. */
export interface Stored { readonly changed: number[]; readonly texts: number; readonly words: number; readonly flagged: number }

export function machineTranslated(task: TranslationTask, translation: Translation, model: string): DoneTask {
  const [{ source, tags }] = task.segments;
  return { task, target: placeTranslation(source, tagsForModel(tags), translation), origin: { kind: 'mt', model, score: translation.score }, flags: translation.flags };
}

export class TranslationStore {
  readonly #db: WriteDb;
  readonly #jobId: number;
  readonly #author: () => Author;
  #group: number | null = null;

  constructor(db: WriteDb, jobId: number, author: () => Author) {
    this.#db = db;
    this.#jobId = jobId;
    this.#author = author;
  }

  /** In one durable transaction. A segment that has another version than the task saw keeps what it has. */
  store(done: readonly DoneTask[], terms: TermRules): Stored {
    if (done.length === 0) return { changed: [], texts: 0, words: 0, flagged: 0 };
    const { group, ...stored } = this.#db.transaction(() => {
      const group = this.#groupForCommit(), changed: number[] = [];
      let texts = 0, words = 0, flagged = 0;
      for (const { task: { segments }, target, origin, flags } of done) {
        const [first] = segments;
        let taken = false;
        for (const segment of segments) {
          const own = carryTarget(target, first.source, segment.source);
          const findings = checkTarget({ source: segment.source, target: own, tags: segment.tags, flags, terms });
          if (!changeSegment(this.#db, group, segment.id, { target: own, state: 'draft', origin, findings }, origin, segment.version)) continue;
          changed.push(segment.id);
          words += segment.words;
          if (findings.length > 0) flagged++;
          taken = true;
        }
        if (taken) texts++;
      }
      return { group, changed, texts, words, flagged };
    });
    this.#group = group;
    return stored;
  }

  /** One group a run, so that one undo takes all of it back; a resumed run goes on with its group while nothing came after it. */
  #groupForCommit(): number {
    if (this.#group !== null) return this.#group;
    const top = topGroup(this.#db, 'undo');
    return top?.jobId === this.#jobId ? top.id : beginGroup(this.#db, { kind: 'translate', jobId: this.#jobId, ...this.#author() });
  }
}
