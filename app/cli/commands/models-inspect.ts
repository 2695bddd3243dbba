import { inspectModel } from '../../../native-models/catalog/inspect-model.ts';
import { readManifest } from '../../../native-models/catalog/manifest.ts';
import { describeLanguages, sourceLanguages, targetLanguages } from '../../../native-models/catalog/model-pairs.ts';
import { describePrecisionLoss } from '../../../native-models/evaluation/precision-loss.ts';
import { fromEngine } from '../../core/jobs/engine-errors.ts';
import type { Action } from '../command.ts';
import type { SharedOptions } from '../context.ts';
import { describeHead } from '../terminal/describe-head.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { describeBytes } from '../terminal/terminal.ts';
import { installedModel } from './installed-model.ts';

/** `bitext models inspect`: everything that the files of a model tell. */
export const modelsInspect: Action<SharedOptions> = async (context, [id = '']) => {
  const { terminal, json } = context;
  const model = await installedModel(context, id);
  const sheet = await inspectModel(model).catch((error: unknown) => { throw fromEngine(error); });
  const { alignment, quality } = readManifest(model.folder);
  if (json) {
    terminal.result(JSON.stringify({ ...model, ...sheet, ...(alignment === undefined ? {} : { alignment }), ...(quality === undefined ? {} : { quality }) }));
    return EXIT.done;
  }
  const { sizes, parameters } = sheet;
  const say = (what: string, value: string | undefined): void => { if (value !== undefined) terminal.result(`${what.padEnd(13)} ${value}`); };
  const both = (a: number | undefined, b: number | undefined): string | undefined => (a === undefined || b === undefined ? undefined : a === b ? a.toLocaleString('en') : `${a.toLocaleString('en')} source, ${b.toLocaleString('en')} target`);
  say('model', `${model.id}  ${model.name}`);
  say('family', `${model.architecture}  (${FORMATS[sheet.format]})`);
  say('languages', describeLanguages(model));
  if (model.languages !== undefined) {
    say('from', sourceLanguages(model).join(' '));
    say('to', targetLanguages(model).join(' '));
  }
  say('tasks', (model.tasks ?? ['translate']).join(', '));
  say('layers', sizes.encoderLayers === undefined || sizes.decoderLayers === undefined ? undefined : `${sizes.encoderLayers} encoder, ${sizes.decoderLayers} decoder`);
  say('width', sizes.dim === undefined ? undefined : `${sizes.dim}, feed-forward ${sizes.feedForward ?? 'unknown'}, heads ${sizes.heads ?? 'unknown'}`);
  say('vocabulary', both(sizes.sourceVocabulary, sizes.targetVocabulary));
  say('parameters', parameters === null ? undefined : `${(parameters / 1e6).toLocaleString('en', { maximumFractionDigits: 1 })} million`);
  say('stored as', sheet.storedAs.join(', '));
  say('alignment', alignment === undefined ? undefined : `${describeHead(alignment)}${alignment.agreement === undefined ? '' : `, agrees with ${Math.round(100 * alignment.agreement)} % of the words that stay the same`}`);
  say('quality', quality === undefined ? undefined : describePrecisionLoss(quality));
  say('licence', model.licence ?? 'unknown');
  say('source', model.source ?? undefined);
  say('folder', model.folder);
  for (const { name, bytes } of sheet.files) say('file', `${name}  ${describeBytes(bytes)}`);
  return EXIT.done;
};

const FORMATS = { 'marian-bin': "Marian's binary", 'marian-npz': "Marian's npz", safetensors: 'Hugging Face weights', onnx: 'exported ONNX graphs', recurrent: 'trained here' } as const;
