/** What tests read of a `golden.json` of the shared test data; its README describes the fields. */
import * as v from 'valibot';

const ids = v.array(v.number());
const parameters = v.record(v.string(), v.unknown());
const found = v.object({ ids: v.array(ids), scores: v.optional(v.array(v.number())) });
const ofCase = { forced_bos_token_id: v.optional(v.number()), alt_forced_bos_token_id: v.optional(v.number()), alt_bad_words_ids: v.optional(v.array(ids)) };

const GOLDEN = v.object({
  ids: v.object({ eos: v.number() }),
  base_kwargs: parameters,
  default_kwargs: parameters,
  variants: v.record(v.string(), parameters),
  cases: v.array(
    v.object({
      ...ofCase,
      text: v.string(),
      task: v.nullish(v.string()),
      src_lang: v.nullish(v.string()),
      tgt_lang: v.nullish(v.string()),
      truncated: v.boolean(),
      input_ids: ids,
      encoder: v.object({ shape: ids, first4_pos0: ids, first4_last: ids, mean: v.number(), std: v.number() }),
      first_step: v.object({ top10_ids: ids, top10_logits: ids }),
      greedy: v.object({ ids, logprobs: ids }),
      variants: v.record(v.string(), found),
    }),
  ),
  batches: v.array(
    v.object({ ...ofCase, input_ids: v.array(ids), attention_mask: v.array(ids), 'beam4_lp1.0_es_false': v.object({ ids: v.array(v.array(ids)) }) }),
  ),
});

export type GoldenModel = v.InferOutput<typeof GOLDEN>;

export function readGolden(text: string): GoldenModel {
  return v.parse(GOLDEN, JSON.parse(text));
}

/** The parameters that a result was made with: the model's, the variant's, the case's own. */
export function goldenParameters(
  golden: GoldenModel,
  one: { readonly forced_bos_token_id?: number | undefined; readonly [alternative: string]: unknown },
  variant: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const all: Record<string, unknown> = { ...golden.base_kwargs, ...variant };
  if (one.forced_bos_token_id !== undefined && !('forced_bos_token_id' in variant)) all['forced_bos_token_id'] = one.forced_bos_token_id;
  const entries = Object.entries(all).map(([key, value]): [string, unknown] => [
    key,
    value === 'CASE' ? one[`alt_${key}`] : value === 'EOS' ? golden.ids.eos : value,
  ]);
  return Object.fromEntries(entries.filter(([, value]) => value !== null));
}
