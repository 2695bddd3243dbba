/** The guard with the default English-Portuguese student: translations that were mixed up are not learned. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { defaultStudent } from '../../weights/testing/default-students.ts';
import { learnConfirmed } from './learn-confirmed.ts';
import { LearnedState } from './learned-state.ts';
import { readJournal } from './step-journal.ts';

const STUDENT = defaultStudent('enpt');

const RIGHT = [
  ['Open the lid of the feeder.', 'Abra a tampa do alimentador.'], ['Close the lid of the feeder.', 'Feche a tampa do alimentador.'],
  ['Switch the feeder off.', 'Desligue o alimentador.'], ['Switch the feeder on again.', 'Ligue o alimentador novamente.'],
  ['Clean the belt with a dry cloth.', 'Limpe a correia com um pano seco.'], ['Check the belt every week.', 'Verifique a correia toda semana.'],
  ['Replace a worn belt.', 'Substitua uma correia gasta.'], ['Do not touch the belt while it moves.', 'N\u00e3o toque na correia enquanto ela se move.'],
  ['The lamp is green.', 'A l\u00e2mpada est\u00e1 verde.'],
] as const;
const WRONG = [
  ['The lamp is red.', 'Guarde este manual em um lugar seguro.'], ['Wait until the belt stands still.', 'O peso m\u00e1ximo \u00e9 de vinte quilos.'],
  ['Ask an electrician for help.', 'As pe\u00e7as est\u00e3o na caixa pequena.'], ['Keep children away from the machine.', 'Aperte os quatro parafusos.'],
  ['The parts are in the small box.', 'Mantenha as crian\u00e7as longe da m\u00e1quina.'], ['Tighten the four screws.', 'Chame um eletricista.'],
  ['The maximum weight is twenty kilos.', 'A l\u00e2mpada est\u00e1 vermelha.'], ['Store this manual in a safe place.', 'Espere at\u00e9 que a correia pare.'],
  ['The cable is grey.', 'Limpe a caixa toda semana.'],
] as const;

test.skipIf(STUDENT === null)('a step of right pairs is kept, none is made of mixed-up ones (needs the default student)', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'bitext-mixed-up-'));
  try {
    const confirmed = [...RIGHT, ...WRONG].map(([source, target], index) => ({ id: index + 1, source, target }));
    const { head } = await learnConfirmed({ modelFolder: STUDENT ?? '', model: { id: 'enpt', name: 'Student', from: 'en', to: 'pt' }, folder, confirmed, rest: false });
    const { steps, heldOut } = LearnedState.of(await readJournal(folder));
    expect([head, [...heldOut.keys()], steps.map(({ made: { pairs }, fate }) => [pairs.map(({ id }) => id), fate])]).toEqual([1, [4, 16], [[[1, 2, 3, 5, 6, 7, 8, 9], 'kept'], [[10, 11, 12, 13, 14, 15, 17, 18], 'taken-back']]]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
