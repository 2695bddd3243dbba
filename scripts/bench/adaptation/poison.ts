/** What the guard sees of steps of right pairs, and of pairs whose translations were mixed up. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConfirmedPair } from '../../../native-models/adaptation/similar-pairs.ts';
import { learnConfirmed } from '../../../native-models/adaptation/steps/learn-confirmed.ts';
import { LearnedState } from '../../../native-models/adaptation/steps/learned-state.ts';
import { readJournal, type MadeStep } from '../../../native-models/adaptation/steps/step-journal.ts';

const RIGHT = 52, WRONG = 24;
const changeOf = ({ heldOut }: MadeStep): number => (heldOut === null ? 0 : heldOut.after - heldOut.before);

/** Changes of the loss of held-out pairs, nats a token. */
export async function measurePoison(stream: readonly ConfirmedPair[], modelFolder: string): Promise<{ readonly good: number[]; readonly wrong: { readonly changes: number[]; readonly takenBack: number } }> {
  const folder = mkdtempSync(join(tmpdir(), 'bitext-poison-'));
  const pairs = stream.map((pair, index) => ({ id: index + 1, ...pair }));
  const right = pairs.slice(0, RIGHT), others = pairs.slice(RIGHT, RIGHT + WRONG);
  const mixed = others.map((pair, index) => ({ ...pair, target: others[(index + 7) % others.length]?.target ?? '' }));
  const learn = (confirmed: typeof pairs): Promise<unknown> => learnConfirmed({ modelFolder, model: { id: 'student', name: 'Student', from: 'en', to: 'pt' }, folder, confirmed, rest: true });
  try {
    await learn(right);
    const before = LearnedState.of(await readJournal(folder)).steps;
    await learn([...right, ...mixed]);
    const after = LearnedState.of(await readJournal(folder)).steps.slice(before.length);
    return { good: before.map(({ made }) => changeOf(made)), wrong: { changes: after.map(({ made }) => changeOf(made)), takenBack: after.filter(({ fate }) => fate === 'taken-back').length } };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
