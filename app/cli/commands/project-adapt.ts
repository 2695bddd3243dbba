import type { Output } from '../../contract/contract.ts';
import type { AdaptationStatus, AdaptationStep } from '../../contract/shapes/adaptation.ts';
import { StudioError } from '../../contract/errors.ts';
import type { Action } from '../command.ts';
import type { SharedOptions } from '../context.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { openProject } from './opened-project.ts';
import { counted } from '../terminal/counted.ts';

interface Options extends SharedOptions {
  readonly on?: boolean;
  readonly off?: boolean;
  readonly way?: string;
  readonly learn?: boolean;
  readonly list?: boolean;
  /** Numbers of segments; true: the newest. */
  readonly undo?: boolean | readonly string[];
  readonly undoStep?: string;
}

const WAYS = ['memory', 'steps', 'both'] as const;

/** `bitext project adapt`: whether and how confirmed segments lead the suggestions for others, what was learned, and taking it back. */
export const projectAdapt: Action<Options> = async (context, [path], { on, off, way, learn, list, undo, undoStep }) => {
  const wishes = [on, off, learn, list, undo, undoStep].filter((wish) => wish !== undefined && wish !== false);
  if (wishes.length > 1) throw new StudioError('INVALID_INPUT', 'Choose one of --on, --off, --learn, --list, --undo and --undo-step.');
  if (way !== undefined && on !== true) throw new StudioError('INVALID_INPUT', '--way says how adaptation is turned on.', { advice: 'Add --on.' });
  const chosen = wayOf(way), which = stepsOf(undoStep);
  const { studio, project } = await openProject(context, path);
  const { terminal, json, signal } = context, projectId = project.id;
  const { handlers } = studio;
  const tell = (status: AdaptationStatus, lines: readonly string[] = []): void => {
    if (json) terminal.result(JSON.stringify(status));
    else for (const line of [...sentencesOf(status), ...lines]) terminal.result(line);
  };
  const learnAll = (): Promise<AdaptationStatus> => handlers['adaptation.learn']({ projectId }, { signal, report: terminal.progress });
  if (on === true || off === true) {
    const status = await handlers['adaptation.set']({ projectId, on: on === true, ...(chosen === undefined ? {} : { way: chosen }) });
    // The window learns while it is open; here nothing goes on behind the command.
    tell(status.on && status.way !== 'memory' && status.learned > 0 ? await learnAll() : status);
  } else if (learn === true) tell(await learnAll());
  else if (which !== undefined) tell(await handlers['adaptation.undo']({ projectId, steps: which }));
  else if (undo !== undefined && undo !== false) {
    const segmentIds = undo === true || undo.length === 0 ? undefined : await idsOf(undo);
    tell(await handlers['adaptation.undo']({ projectId, ...(segmentIds === undefined ? {} : { segmentIds }) }));
  } else {
    const learned = list === true ? await wholeList() : await handlers['adaptation.list']({ projectId });
    tell(learned, list === true ? [...learned.made.map(describeStep), ...learned.pairs.map(({ number, source, target }) => `  ${number}  ${source}  =>  ${target}`)] : []);
  }
  return EXIT.done;

  /** The core tells it in pages. */
  async function wholeList(): Promise<Output<'adaptation.list'>> {
    const first = await handlers['adaptation.list']({ projectId });
    const pairs = [...first.pairs];
    for (let more = first.pairs; more.length > 0;) {
      more = (await handlers['adaptation.list']({ projectId, from: pairs.length })).pairs;
      pairs.push(...more);
    }
    return { ...first, pairs };
  }

  async function idsOf(numbers: readonly string[]): Promise<number[]> {
    const { ids } = await handlers['segments.find']({ projectId, filter: {} });
    return numbers.map((number) => {
      const id = ids[Number(number) - 1];
      if (id === undefined) throw new StudioError('NOT_FOUND', `There is no segment ${number}.`, { advice: `The project has segments 1 to ${ids.length}.` });
      return id;
    });
  }
};

function wayOf(text: string | undefined): (typeof WAYS)[number] | undefined {
  const way = WAYS.find((known) => known === text);
  if (text !== undefined && way === undefined) throw new StudioError('INVALID_INPUT', `There is no way ${text}.`, { advice: `Use one of ${WAYS.join(', ')}.` });
  return way;
}

function stepsOf(text: string | undefined): 'newest' | 'all' | number | undefined {
  if (text === undefined || text === 'newest' || text === 'all') return text;
  const step = Number(text);
  if (!Number.isInteger(step) || step < 1) throw new StudioError('INVALID_INPUT', `--undo-step takes newest, all or the number of a step, not ${text}.`);
  return step;
}


function sentencesOf({ on, way, learned, gain, trials, heldBack, steps }: AdaptationStatus): string[] {
  const state = !on ? 'Adaptation is off' : heldBack ? 'Adaptation is on, and held back: suggestions got worse with it' : 'Adaptation is on';
  const leading = on && !heldBack ? counted(learned, 'confirmed segment leads', 'confirmed segments lead') : counted(learned, 'confirmed segment would lead', 'confirmed segments would lead');
  const by = !on ? '' : way === 'memory' ? ', by the memory' : way === 'steps' ? ', by steps' : ', by the memory and by steps';
  const measured = gain === null ? '' : `; ${gain >= 0 ? '+' : ''}${gain.toFixed(1)} chrF over the last ${trials} confirmed segments`;
  const made = `${counted(steps.kept, 'step is', 'steps are')} in the weights, ${steps.takenBack} taken back by the guard, ${steps.undone} by you; ${counted(steps.waiting, 'segment waits', 'segments wait')} for a step.`;
  return [
    `${state}${by}. ${leading} the suggestions${measured}.`,
    ...(steps.state === 'off' ? [] : [made]), ...(steps.message === null ? [] : [steps.message]),
  ];
}

const OUTCOMES = { 'kept': 'kept', 'taken-back': 'taken back by the guard', 'undone': 'taken back by you' } as const;

function describeStep({ step, outcome, reason, pairs, heldOut }: AdaptationStep): string {
  const change = heldOut === null ? '' : `, held-out segments ${heldOut.before.toFixed(3)} -> ${heldOut.after.toFixed(3)} nats a token`;
  return `  step ${step}, ${OUTCOMES[outcome]}: segments ${pairs.map(({ number }) => number).join(', ')}${change}${reason === null ? '' : `. ${reason}`}`;
}
