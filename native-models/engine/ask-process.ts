/** A process that is asked one thing, answers once and ends: for work that may crash, hang or take much memory. */
import { fork } from 'node:child_process';
import { nodeEnvironment } from './child-process-link.ts';

export interface ProcessQuestion {
  /** The module that the process runs. */
  readonly entry: string;
  readonly args?: readonly string[];
  /** Sent to it when it has started. */
  readonly message?: object;
  readonly environment?: Readonly<Record<string, string>>;
  /** Milliseconds until it is killed; absent: it may take as long as it takes. */
  readonly patience?: number;
}

/** The process ended, or was killed, without an answer: how, as words that go on from "it". */
export interface NoAnswer {
  readonly ended: string;
}

/** Never rejects. `Answer`: what the module sends; nothing else is to come from it. */
export function askProcess<Answer extends object>({ entry, args = [], message, environment = {}, patience }: ProcessQuestion): Promise<Answer | NoAnswer> {
  return new Promise((resolve) => {
    const child = fork(entry, [...args], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'], execArgv: [], env: { ...nodeEnvironment(), ...environment } });
    let timer: NodeJS.Timeout | undefined;
    const end = (outcome: Answer | NoAnswer): void => {
      clearTimeout(timer);
      resolve(outcome);
    };
    if (patience !== undefined)
      timer = setTimeout(() => {
        end({ ended: `did not answer within ${patience / 1000} seconds` });
        child.kill('SIGKILL');
      }, patience);
    child.on('message', (answer: Answer) => end(answer));
    child.on('error', (error) => end({ ended: `could not be started: ${error.message}` }));
    child.on('exit', (code, signal) => end({ ended: `ended (${signal === null ? `exit code ${code}` : `signal ${signal}`})` }));
    // A process that is gone tells so by its end.
    if (message !== undefined) child.send(message, () => {});
  });
}
