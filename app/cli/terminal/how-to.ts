/** What to do about an error says the core, for window and command line alike; how that is done here says this. */
import type { ErrorCode } from '../../contract/errors.ts';

const HOW: Partial<Record<ErrorCode, string>> = {
  PAIR_WITHOUT_MODEL: '"bitext models download PAIR" fetches one (en-pt, or en:pt-BR), "bitext models import FOLDER" takes one in.',
  MODEL_MISSING: '"bitext models list" shows what is here, "bitext models available" what can be fetched; --model takes a folder, too.',
  MODEL_BROKEN: '"bitext models verify ID" compares its files with the published ones.',
  DEVICE_UNAVAILABLE: '--device and --precision choose; "bitext doctor" says what works on this machine.',
  ENGINE_EXITED: '"bitext doctor" says what works on this machine.',
  ENCODING_UNSUPPORTED: '--encoding NAME names it, for example --encoding windows-1252.',
};

/** Commands and options for what the advice of an error says; null where it needs none. */
export const howTo = (code: string): string | null => Object.entries(HOW).find(([known]) => known === code)?.[1] ?? null;
