/** Lines of a stream in the portions that the engine is handed. */

/** Small at first, so that the first translations come at once; then large enough to pack well. */
const FIRST = 64;
const GROWTH = 4;
const MOST = 4096;
/** A full pipe brings more at once; a person who types a line waits for its translation. */
const FULL_PIPE = 4096;

/** Complete lines as they come: all that are there, up to a portion; the last one may lack its line end. */
export async function* linePortions(input: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
  const decoder = new TextDecoder();
  let rest = '';
  let waiting: string[] = [];
  let size = FIRST;
  function* ready(all: boolean): Generator<string[]> {
    while (waiting.length >= size || (all && waiting.length > 0)) {
      yield waiting.splice(0, size);
      size = Math.min(MOST, size * GROWTH);
    }
  }
  for await (const chunk of input) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    waiting = waiting.concat(lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line)));
    yield* ready(chunk.length < FULL_PIPE);
  }
  rest += decoder.decode();
  if (rest !== '') waiting.push(rest);
  yield* ready(true);
}
