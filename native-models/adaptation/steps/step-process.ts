/** Learning in steps in a process of its own, at the lowest priority, which stops between two steps while somebody waits for a translation. */
import { moduleBeside } from '../../engine/module-beside.ts';
import { performInProcess } from '../../engine/perform-in-process.ts';
import type { LearnOutcome, LearnProgress, StepLearning } from './step-learning.ts';
import type { ToSteps } from './step-messages.ts';

export interface StepProcess extends StepLearning {
  /** While the work is done no step is begun, and a little longer: who asked for one translation may ask for another. */
  yieldingTo<Value>(work: () => Promise<Value>): Promise<Value>;
}

export interface StepProcessOptions {
  /** The module of the process; found beside this one when absent. */
  readonly entry?: string;
  /** Milliseconds that a cancelled round gets for its step before its process is ended. */
  readonly patience?: number;
  /** Milliseconds without work after which steps go on. */
  readonly quiet?: number;
}

/** A few steps on a busy machine. */
const PATIENCE_MS = 10_000;
const QUIET_MS = 250;
const STOPPED = { what: 'The process that learns from confirmed segments stopped', advice: 'What was learned is kept; the next confirmed segments try again.' };

export function stepProcess({ entry = moduleBeside('step-child', import.meta.dirname), patience = PATIENCE_MS, quiet = QUIET_MS }: StepProcessOptions = {}): StepProcess {
  /** One round at a time: two would share the processor with the translator. */
  let last: Promise<unknown> = Promise.resolve();
  const running = new Set<(message: ToSteps) => void>();
  let works = 0;
  let timer: NodeJS.Timeout | undefined;
  const tellAll = (kind: 'hold' | 'go-on'): void => { for (const tell of running) tell({ kind }); };
  return {
    learn(request, options = {}) {
      const round = last.then(async () => {
        let tell: ((message: ToSteps) => void) | undefined;
        const began = (teller: (message: ToSteps) => void): void => {
          running.add(tell = teller);
          if (works > 0) teller({ kind: 'hold' });
        };
        try {
          return await performInProcess<ToSteps, LearnProgress, LearnOutcome>({ entry, message: { kind: 'learn', request }, patience, stopped: STOPPED }, { ...options, began });
        } finally {
          if (tell !== undefined) running.delete(tell);
        }
      });
      last = round.catch(() => undefined);
      return round;
    },
    async yieldingTo(work) {
      clearTimeout(timer);
      if (works++ === 0) tellAll('hold');
      try {
        return await work();
      } finally {
        if (--works === 0) {
          timer = setTimeout(() => { tellAll('go-on'); }, quiet);
          timer.unref();
        }
      }
    },
  };
}
