/** Translation by way of a third language, for pairs that no model serves: a layer over any engine. */
import { chainName, chainOf, chooseChain, type ModelChain } from '../catalog/choose-chain.ts';
import type { Engine, Link, TranslatedBatch, TranslateRequest, TranslateSummary, Translation, TranslationFlag } from './engine.ts';
import { EngineError } from './engine-error.ts';
import { confidenceOf } from '../confidence/word-confidence.ts';
import { checkTerms, TermBook, type TermOccurrence } from '../terms/term-book.ts';
import { writeTerms } from '../terms/write-terms.ts';
import { checkTranslation } from './guard.ts';

/** Texts that go through both models before the next ones do: a cancelled request loses no more. */
const WINDOW = 512;
/** Faults of either step that stay faults; the others are looked for in the texts of the pair that was asked for. */
const LASTING: ReadonlySet<TranslationFlag> = new Set(['repetition-loop', 'empty-target', 'text-lost']);

/**
 * An engine that takes the best chain of two models where `engine` has none for a pair. The summary names both models,
 * `pten-1 + enes-2`; a request may name such a chain, too. Links are those that go through a word of the third language,
 * with the product of the weights; the score is the sum of both. Terms are written into the last translation, by the links.
 */
export function withPivot(engine: Engine): Engine {
  /** Chains in use by pair or by name; looked for anew when the models are listed. */
  const chains = new Map<string, ModelChain>();

  const namedChain = async (model: string, wish: { readonly from: string; readonly to: string }): Promise<ModelChain> => {
    const key = JSON.stringify([model, wish.from, wish.to]);
    const known = chains.get(key);
    if (known !== undefined) return known;
    const { models } = await engine.models();
    const [first, second] = model.split(' + ').map((id) => models.find((known) => known.id === id));
    if (first === undefined || second === undefined) throw new EngineError('MODEL_MISSING', `The models ${model} are not both installed.`, 'Look at the list of models for what is installed.');
    const chain = chainOf(first, second, wish);
    if (chain === null) throw new EngineError('PAIR_WITHOUT_MODEL', `The models ${model} have no language in common.`, 'Name two models of which the first translates into what the second translates from.');
    chains.set(key, chain);
    return chain;
  };

  return {
    models: () => {
      chains.clear();
      return engine.models();
    },
    state: () => engine.state(),
    close: () => engine.close(),
    ...(engine.tasks === undefined ? {} : { tasks: engine.tasks }),
    ...(engine.training === undefined ? {} : { training: engine.training }),
    ...(engine.steps === undefined ? {} : { steps: engine.steps }),
    async translate(request, options) {
      if (request.model?.includes(' + ')) return translateByChain(engine, await namedChain(request.model, request), request, options);
      if (request.model !== undefined) return engine.translate(request, options);
      const pair = JSON.stringify([request.from, request.to]);
      const known = chains.get(pair);
      if (known !== undefined) return translateByChain(engine, known, request, options);
      try {
        return await engine.translate(request, options);
      } catch (error) {
        if (!isWithoutModel(error)) throw error;
        const chain = chooseChain((await engine.models()).models, request);
        if (chain === null) throw error;
        chains.set(pair, chain);
        return translateByChain(engine, chain, request, options);
      }
    },
  };
}

const isWithoutModel = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'PAIR_WITHOUT_MODEL';

async function translateByChain(engine: Engine, chain: ModelChain, { terms = [], similar: _, ...asked }: TranslateRequest, { signal, onBatch }: Parameters<Engine['translate']>[1]): Promise<TranslateSummary> {
  const { first, second, via } = chain;
  const options = signal === undefined ? {} : { signal };
  const book = terms.length === 0 ? null : new TermBook(terms);
  const request = { ...asked, alignment: asked.alignment || book !== null };
  const finished = (source: string, translation: Translation): Translation => {
    const bound = book === null ? translation : withTerms(source, book.occurrencesIn(source), translation);
    return asked.alignment === request.alignment ? bound : { ...bound, links: [] };
  };
  let words = 0, seconds = 0;
  let last: TranslateSummary | null = null;
  for (let start = 0; start < request.texts.length || last === null; start += WINDOW) {
    const texts = request.texts.slice(start, start + WINDOW);
    const halfway = new Map<number, Translation>();
    const one = await engine.translate({ ...request, to: via, model: first.id, texts }, { ...options, onBatch: ({ indices, translations }) => translations.forEach((translation, i) => halfway.set(indices[i] ?? -1, translation)) });
    last = await engine.translate({ ...request, from: via, model: second.id, texts: texts.map((_, i) => halfway.get(i)?.text ?? '') }, {
      ...options,
      onBatch: ({ indices, translations }: TranslatedBatch) => onBatch({
        indices: indices.map((index) => start + index),
        translations: translations.map((translation, i) => finished(texts[indices[i] ?? -1] ?? '', joined(texts[indices[i] ?? -1] ?? '', halfway.get(indices[i] ?? -1), translation))),
      }),
    });
    words += one.words;
    seconds += one.seconds + last.seconds;
  }
  return { ...last, model: chainName(chain), segments: request.texts.length, words, seconds };
}

function joined(source: string, first: Translation | undefined, second: Translation): Translation {
  if (first === undefined) return second;
  const found = new Set<TranslationFlag>([...checkTranslation({ source, target: second.text, truncated: false }), ...[...first.flags, ...second.flags].filter((flag) => LASTING.has(flag))]);
  return {
    text: second.text,
    links: joinLinks(first.links, second.links),
    score: first.score === null || second.score === null ? null : first.score + second.score,
    confidence: first.score === null || second.score === null ? null : confidenceOf(first.score + second.score),
    ...(second.words === undefined ? {} : { words: second.words }),
    flags: [...found],
  };
}

/** Neither model knows the terms of the pair: they take the place of what the links say stands for them. */
function withTerms(source: string, terms: readonly TermOccurrence[], translation: Translation): Translation {
  const { met, unmet } = checkTerms(terms, translation.text, { each: true, links: translation.links });
  if (unmet.length === 0) return translation;
  const { text, links } = writeTerms(source, translation, unmet, met);
  const flags = [...new Set([...checkTranslation({ source, target: text, truncated: false }), ...translation.flags.filter((flag) => LASTING.has(flag))])];
  return { text, links, score: translation.score, confidence: translation.confidence ?? null, flags: checkTerms(terms, text).unmet.length > 0 ? [...flags, 'term-missing'] : flags };
}

/** Links from source to target through every span of the third text that both sides know. */
export function joinLinks(first: readonly Link[], second: readonly Link[]): Link[] {
  const joined = new Map<string, Link>();
  for (const { source: middle, target, weight } of second) {
    for (const link of first) {
      if (link.target[0] >= middle[1] || middle[0] >= link.target[1]) continue;
      const key = [...link.source, ...target].join(' '), product = link.weight * weight;
      const known = joined.get(key);
      if (known === undefined || known.weight < product) joined.set(key, { source: link.source, target, weight: product });
    }
  }
  return [...joined.values()].sort((a, b) => a.target[0] - b.target[0] || a.source[0] - b.source[0]);
}
