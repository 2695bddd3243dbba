/** Counts how often each head of a model's attention looks where a word of the translation is known to come from. */
import type { AlignedText } from '../word-links.ts';
import type { Anchor } from './anchors.ts';

/** What the tokens of one output looked at. */
export interface WatchedOutput {
  readonly source: AlignedText;
  readonly target: AlignedText;
  /** [target tokens, layers * heads, columns]; a column beyond the tokens of the source is the end of the source. */
  readonly attention: Float32Array;
  readonly columns: number;
}

export interface HeadShape {
  readonly layers: number;
  readonly heads: number;
}

export interface CalibratedHead {
  readonly layer: number;
  /** `mean`: of all heads of the layer. */
  readonly head: number | 'mean';
  /** Share of the anchors' tokens at whose counterpart it looked most, 0 to 1. */
  readonly agreement: number;
}

export class HeadAgreement {
  readonly #shape: HeadShape;
  /** Of each head, layer by layer; then of each layer's mean. */
  readonly #hits: Float64Array;
  #tokens = 0;

  constructor(shape: HeadShape) {
    this.#shape = shape;
    this.#hits = new Float64Array(shape.layers * (shape.heads + 1));
  }

  /** Tokens that were looked at. */
  get tokens(): number {
    return this.#tokens;
  }

  add({ source, target, attention, columns }: WatchedOutput, anchors: readonly Anchor[]): void {
    const { layers, heads } = this.#shape;
    const stride = layers * heads * columns;
    const mean = new Float32Array(columns);
    for (const anchor of anchors) {
      for (const row of tokensIn(target.offsets, anchor.target)) {
        if ((row + 1) * stride > attention.length) continue;
        this.#tokens++;
        for (let layer = 0; layer < layers; layer++) {
          mean.fill(0);
          for (let head = 0; head < heads; head++) {
            const at = row * stride + (layer * heads + head) * columns;
            const weights = attention.subarray(at, at + columns);
            for (let column = 0; column < columns; column++) mean[column] = (mean[column] ?? 0) + (weights[column] ?? 0);
            this.#count(layer * heads + head, weights, source.offsets, anchor);
          }
          this.#count(layers * heads + layer, mean, source.offsets, anchor);
        }
      }
    }
  }

  /** All heads and means of layers, the best first; of equals the later layer, and a head before a mean. */
  ranked(): CalibratedHead[] {
    const { layers, heads } = this.#shape;
    return Array.from(this.#hits, (hits, index): CalibratedHead => {
      const agreement = this.#tokens === 0 ? 0 : hits / this.#tokens;
      return index < layers * heads ? { layer: Math.floor(index / heads), head: index % heads, agreement } : { layer: index - layers * heads, head: 'mean', agreement };
    }).sort((a, b) => b.agreement - a.agreement || Number(a.head === 'mean') - Number(b.head === 'mean') || b.layer - a.layer);
  }

  #count(index: number, weights: Float32Array, offsets: Int32Array, { source }: Anchor): void {
    let best = 0;
    for (let column = 1; column < weights.length; column++) if ((weights[column] ?? 0) > (weights[best] ?? 0)) best = column;
    if (overlaps(offsets, best, source)) this.#hits[index] = (this.#hits[index] ?? 0) + 1;
  }
}

function tokensIn(offsets: Int32Array, span: readonly [number, number]): number[] {
  return Array.from({ length: offsets.length / 2 }, (_, token) => token).filter((token) => overlaps(offsets, token, span));
}

function overlaps(offsets: Int32Array, token: number, [start, end]: readonly [number, number]): boolean {
  return (offsets[2 * token] ?? 0) < end && (offsets[2 * token + 1] ?? 0) > start;
}
