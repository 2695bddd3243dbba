/** The engine's own small list: native-models' `Engine` over a port. Shapes equal its interface; the hosts' types prove it. */
import * as v from 'valibot';
import { MAX_TEXT } from './shapes/values.ts';

const Text = v.pipe(v.string(), v.maxLength(MAX_TEXT));
const LanguageCode = v.pipe(v.string(), v.minLength(1), v.maxLength(35));
const list = <S extends v.GenericSchema>(item: S) => v.pipe(v.array(item), v.maxLength(1_000_000), v.readonly());

const EngineDevice = v.picklist(['cpu', 'webgpu', 'directml', 'coreml', 'cuda']);
const Precision = v.picklist(['int8', 'float32', 'float16']);

const ModelDescription = v.object({
  id: v.string(), name: v.string(), from: v.string(), to: v.string(), architecture: v.string(), folder: v.string(), bytes: v.number(),
  licence: v.nullable(v.string()), source: v.nullable(v.string()),
  languages: v.exactOptional(v.object({ from: list(LanguageCode), to: list(LanguageCode) })),
  tasks: v.exactOptional(list(v.picklist(['translate', 'summarize', 'answer']))),
  tuned: v.exactOptional(v.object({ basedOn: v.string(), at: v.string(), retired: v.exactOptional(v.literal(true)) })),
});
const EngineErrorCode = v.picklist(['MODEL_MISSING', 'MODEL_BROKEN', 'MODEL_UNSUPPORTED', 'PAIR_WITHOUT_MODEL', 'DEVICE_UNAVAILABLE', 'ENGINE_EXITED', 'INVALID_INPUT']);

const Span = v.pipe(v.tuple([v.number(), v.number()]), v.readonly());
const Translation = v.object({
  text: v.string(),
  links: list(v.object({ source: Span, target: Span, weight: v.number() })),
  score: v.nullable(v.number()),
  confidence: v.exactOptional(v.nullable(v.number())),
  words: v.exactOptional(list(v.object({ target: Span, confidence: v.number() }))),
  flags: list(v.picklist(['repetition-loop', 'number-changed', 'number-rewritten', 'url-changed', 'identifier-changed', 'empty-target', 'target-is-source', 'text-lost', 'term-missing'])),
});

const Forms = v.pipe(v.array(v.pipe(v.string(), v.maxLength(1000))), v.maxLength(1000), v.readonly());
const Term = v.object({ sources: Forms, targets: Forms, caseSensitive: v.exactOptional(v.boolean()), doNotTranslate: v.exactOptional(v.boolean()) });

const ConfirmedPair = v.object({ source: Text, target: Text });

const ModelWish = v.exactOptional(v.pipe(v.string(), v.maxLength(4096)));
const TaskProgress = v.object({ pass: v.number(), done: v.number(), total: v.number() });
const FoundAnswer = { text: v.string(), score: v.number(), segment: v.nullable(v.number()), support: v.number() };

const FolderPath = v.pipe(v.string(), v.minLength(1), v.maxLength(4096));
const PairScores = v.object({ bleu: v.number(), chrf: v.number() });
const MeasuredStudent = v.nullable(v.object({ heldOut: PairScores, general: v.nullable(PairScores) }));
const DropReason = v.picklist(['wrong-columns', 'not-utf8', 'control-characters', 'empty-source', 'empty-target', 'too-long', 'too-many-tokens', 'lengths-differ', 'duplicate']);

export const engineContract = {
  'engine.models': {
    kind: 'call', input: v.object({}),
    output: v.object({ models: list(ModelDescription), unusable: list(v.object({ folder: v.string(), code: EngineErrorCode, reason: v.string() })) }),
  },
  'engine.state': {
    kind: 'call', input: v.object({}),
    output: v.object({ device: EngineDevice, precision: v.nullable(Precision), threads: v.number(), loaded: list(v.string()), wordsPerSecond: v.nullable(v.number()), residentBytes: v.nullable(v.number()), notices: v.exactOptional(list(v.string())) }),
  },
  'engine.translate': {
    kind: 'job',
    input: v.object({ from: LanguageCode, to: LanguageCode, model: v.exactOptional(v.pipe(v.string(), v.maxLength(4096))), texts: list(Text), priority: v.picklist(['interactive', 'batch']), alignment: v.boolean(), beam: v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(32))), terms: v.exactOptional(list(Term)), similar: v.exactOptional(list(list(ConfirmedPair))) }),
    /** A finished batch, or the texts that the model is about to be given: a process that ends has ended over one of those. */
    progress: v.union([v.object({ indices: list(v.number()), translations: list(Translation) }), v.object({ running: list(v.number()) })]),
    output: v.object({ model: v.string(), device: EngineDevice, precision: Precision, segments: v.number(), words: v.number(), seconds: v.number() }),
  },
  'engine.describeModel': { kind: 'call', input: v.object({ folder: v.pipe(v.string(), v.maxLength(4096)) }), output: ModelDescription },
  'engine.importModel': {
    kind: 'job', input: v.object({ path: v.pipe(v.string(), v.maxLength(4096)), store: v.pipe(v.string(), v.maxLength(4096)) }),
    progress: v.object({ done: v.number(), total: v.number(), file: v.string() }), output: ModelDescription,
  },
  'engine.summarize': {
    kind: 'job', input: v.object({ segments: list(Text), model: ModelWish }), progress: TaskProgress,
    output: v.object({ text: v.string(), model: v.string(), passes: v.number(), parts: list(v.object({ first: v.number(), last: v.number(), text: v.string() })) }),
  },
  'engine.ask': {
    kind: 'job', input: v.object({ question: Text, segments: list(Text), model: ModelWish }), progress: TaskProgress,
    output: v.object({ ...FoundAnswer, model: v.string(), others: list(v.object(FoundAnswer)) }),
  },
  'engine.finetune': {
    kind: 'job',
    input: v.object({
      modelFolder: FolderPath, corpusFile: FolderPath, generalFile: v.nullable(FolderPath), runFolder: FolderPath, into: FolderPath,
      task: v.exactOptional(v.variant('task', [v.object({ task: v.literal('translate'), from: LanguageCode, to: LanguageCode }), v.object({ task: v.picklist(['summarize', 'answer']) })])),
      settings: v.object({
        epochs: v.exactOptional(v.number()), rate: v.exactOptional(v.number()), warmUp: v.exactOptional(v.number()), batchTokens: v.exactOptional(v.number()),
        rank: v.exactOptional(v.union([v.literal('auto'), v.literal('full'), v.number()])), freezeEmbeddings: v.exactOptional(v.boolean()), seed: v.exactOptional(v.number()),
      }),
    }),
    progress: v.variant('stage', [
      v.object({ stage: v.picklist(['reading', 'measuring', 'general', 'quantizing']) }),
      v.object({ stage: v.literal('sized'), parameters: v.number(), learned: v.number(), rank: v.union([v.literal('full'), v.number()]), bytes: v.number() }),
      v.object({ stage: v.literal('learning'), update: v.number(), updates: v.number(), epoch: v.number(), loss: v.number(), tokensPerSecond: v.number(), secondsLeft: v.number() }),
    ]),
    output: v.object({
      outcome: v.picklist(['accepted', 'rejected', 'cancelled', 'diverged']), runFolder: v.string(),
      report: v.object({ read: v.number(), kept: v.number(), dropped: list(v.object({ reason: DropReason, count: v.number(), lines: list(v.number()) })) }),
      pairs: v.object({ training: v.number(), validation: v.number(), heldOut: v.number(), general: v.number() }),
      before: MeasuredStudent, after: MeasuredStudent, share: v.nullable(v.number()), seconds: v.number(),
      curve: list(v.object({ update: v.number(), scores: v.record(v.string(), v.number()) })),
    }),
  },
  'engine.learnSteps': {
    kind: 'job',
    input: v.object({
      modelFolder: FolderPath, model: v.object({ id: v.string(), name: v.string(), from: LanguageCode, to: LanguageCode }), folder: FolderPath,
      confirmed: list(v.object({ id: v.number(), source: Text, target: Text })), rest: v.boolean(),
    }),
    progress: v.object({ stage: v.picklist(['opening', 'learning', 'writing']), made: v.number(), steps: v.number() }),
    output: v.object({ head: v.number(), weights: v.nullable(v.string()) }),
  },
  'engine.attention': {
    kind: 'job', input: v.object({ modelFolder: v.nullable(FolderPath), runFolder: FolderPath, checkpoint: v.nullable(v.number()), sentence: v.pipe(v.string(), v.maxLength(10_000)) }), progress: v.object({}),
    output: v.object({ text: v.string(), source: list(v.string()), target: list(v.string()), weights: list(list(v.number())) }),
  },
} as const;
export type EngineContract = typeof engineContract;
