/** PyTorch beside us: `gru_peer.py` in a process of its own, which trains the same batches when it is told to. */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** Some steps in a row. */
export interface Turn {
  readonly losses: readonly number[];
  readonly cpuSeconds: number;
  readonly seconds: number;
}

const isTurn = (value: unknown): value is Turn => typeof value === 'object' && value !== null && 'losses' in value && 'cpuSeconds' in value;

export class Peer {
  readonly version: string;
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #answers: AsyncIterator<string>;

  private constructor(child: ChildProcessByStdio<Writable, Readable, null>, answers: AsyncIterator<string>, version: string) {
    this.#child = child;
    this.#answers = answers;
    this.version = version;
  }

  /** `folder` holds the job, its parameters and batches. */
  static async open(python: string, folder: string, { threads, kind, rate }: { readonly threads: number; readonly kind: 'float32' | 'float64'; readonly rate: number }): Promise<Peer> {
    const script = fileURLToPath(new URL('gru_peer.py', import.meta.url));
    const child = spawn(python, [script, folder, String(threads), kind, String(rate)], { stdio: ['pipe', 'pipe', 'inherit'] });
    const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const greeting = await answered(answers);
    return new Peer(child, answers, typeof greeting === 'object' && greeting !== null && 'version' in greeting ? String(greeting.version) : '');
  }

  /** Trains batches `first` to `last`, the last one not counted. */
  async turn(first: number, last: number): Promise<Turn> {
    this.#child.stdin.write(`${JSON.stringify([first, last])}\n`);
    const turn = await answered(this.#answers);
    if (!isTurn(turn)) throw new Error('PyTorch answered something else');
    return turn;
  }

  close(): void {
    this.#child.stdin.end();
  }
}

async function answered(answers: AsyncIterator<string>): Promise<unknown> {
  const { value } = await answers.next();
  if (typeof value !== 'string') throw new Error('PyTorch stopped');
  return JSON.parse(value);
}
