/** What `bitext translate` takes, for lines and for files. */
import type { SharedOptions } from '../context.ts';
import type { ChoiceOptions } from './translation-choices.ts';

export interface TranslateOptions extends SharedOptions, ChoiceOptions {
  readonly from: string;
  readonly to: string;
  readonly out?: string;
  readonly model?: string;
  readonly terms?: readonly string[];
  readonly bilingual?: string;
  readonly project?: string;
  readonly report?: string;
  readonly force?: boolean;
  readonly watch?: boolean;
  readonly shard?: string;
}
