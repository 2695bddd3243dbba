import type { LogitsProcessor } from './logits-processor.ts';
import { asByteText, type TokenSurfaces } from './text-state.ts';

/**
 * Text that must follow the prompt, cut into tokens as the model likes best; the last token may reach beyond it, so that a
 * word that was begun is completed. Null when no tokens spell it.
 */
export function prefixText(required: string, surfaces: TokenSurfaces, promptLength: number): LogitsProcessor | null {
  const text = asByteText(required);
  const allowed = waysThrough(text, surfaces);
  if ((allowed[0] ?? []).length === 0) return null;
  return {
    process(scores, tokens) {
      const said = surfaces.textOf(tokens.slice(promptLength));
      if (said.length >= text.length) return;
      const kept = (allowed[said.length] ?? []).map((id): [number, number] => [id, scores[id] ?? -Infinity]);
      scores.fill(-Infinity);
      for (const [id, score] of kept) scores[id] = score;
    },
  };
}

/** For each place in the text the tokens that may come there and leave a way to its end. */
function waysThrough(text: string, surfaces: TokenSurfaces): number[][] {
  const ways: number[][] = Array.from({ length: text.length }, () => []);
  for (let at = text.length - 1; at >= 0; at--) {
    const rest = text.slice(at);
    const found = new Set(surfaces.startingWith(rest));
    for (let length = 1; length < rest.length; length++) {
      if ((ways[at + length] ?? []).length === 0) continue;
      for (const id of surfaces.spelled(rest.slice(0, length))) found.add(id);
    }
    ways[at] = [...found];
  }
  return ways;
}
