import type { Output } from '../../contract/contract.ts';
import { StudioError } from '../../contract/errors.ts';
import type { Action } from '../command.ts';
import type { SharedOptions } from '../context.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { openProject } from './opened-project.ts';

interface Options extends SharedOptions {
  readonly on?: boolean;
  readonly off?: boolean;
  readonly list?: boolean;
  /** Numbers of segments; true: the newest. */
  readonly undo?: boolean | readonly string[];
}

/** `bitext project adapt`: whether confirmed segments lead the suggestions for others, what was learned so, and taking it back. */
export const projectAdapt: Action<Options> = async (context, [path], { on, off, list, undo }) => {
  const wishes = [on, off, list, undo].filter((wish) => wish !== undefined && wish !== false);
  if (wishes.length > 1) throw new StudioError('INVALID_INPUT', 'Choose one of --on, --off, --list and --undo.');
  const { studio, project } = await openProject(context, path);
  const { terminal, json } = context, projectId = project.id;
  const { handlers } = studio;
  const tell = (status: Output<'adaptation.set'>, lines: readonly string[] = []): void => {
    if (json) terminal.result(JSON.stringify(status));
    else for (const line of [sentenceOf(status), ...lines]) terminal.result(line);
  };
  if (on === true || off === true) tell(await handlers['adaptation.set']({ projectId, on: on === true }));
  else if (undo !== undefined && undo !== false) {
    const segmentIds = undo === true || undo.length === 0 ? undefined : await idsOf(undo);
    tell(await handlers['adaptation.undo']({ projectId, ...(segmentIds === undefined ? {} : { segmentIds }) }));
  } else {
    const learned = await handlers['adaptation.list']({ projectId });
    tell(learned, list === true ? learned.pairs.map(({ number, source, target }) => `  ${number}  ${source}  =>  ${target}`) : []);
  }
  return EXIT.done;

  async function idsOf(numbers: readonly string[]): Promise<number[]> {
    const { ids } = await handlers['segments.find']({ projectId, filter: {} });
    return numbers.map((number) => {
      const id = ids[Number(number) - 1];
      if (id === undefined) throw new StudioError('NOT_FOUND', `There is no segment ${number}.`, { advice: `The project has segments 1 to ${ids.length}.` });
      return id;
    });
  }
};

function sentenceOf({ on, learned, gain, trials, heldBack }: Output<'adaptation.set'>): string {
  const state = !on ? 'Adaptation is off' : heldBack ? 'Adaptation is on, and held back: suggestions got worse with it' : 'Adaptation is on';
  const measured = gain === null ? '' : `; ${gain >= 0 ? '+' : ''}${gain.toFixed(1)} chrF over the last ${trials} confirmed segments`;
  return `${state}. ${learned.toLocaleString('en')} confirmed ${learned === 1 ? 'segment leads' : 'segments lead'} the suggestions${measured}.`;
}
