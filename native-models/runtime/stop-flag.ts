/**
 * Stops a run of a graph from another thread. `session.run` blocks its thread until it is over, and onnxruntime-node has no
 * way to end one; but it takes an input where it lies, without a copy, and a loop in the graph can read it at every step.
 * So the flag is an input in shared memory: who raises it ends the loop behind the step in hand (search-graph.ts). Where the
 * runtime takes no shared memory (shared-inputs.ts) it is heeded between runs only.
 */

/** What a long search looks at between its steps; an AbortSignal is one. */
export interface StopSignal {
  throwIfAborted(): void;
  /** The memory of a flag, as a graph takes it: int32 [1], not 0 once it is raised. */
  readonly words?: Int32Array;
}

/** The run was stopped: what it found so far is no result. */
export class RunStopped extends Error {
  override readonly name = 'RunStopped';
  constructor() {
    super('The run was stopped.');
  }
}

export class StopFlag implements StopSignal {
  readonly words: Int32Array;

  /** `words`: those of a flag in another thread; a new flag when absent. */
  constructor(words: Int32Array = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))) {
    this.words = words;
  }

  get raised(): boolean {
    return Atomics.load(this.words, 0) !== 0;
  }

  raise(): void {
    Atomics.store(this.words, 0, 1);
  }

  lower(): void {
    Atomics.store(this.words, 0, 0);
  }

  /** Throws RunStopped once it is raised. */
  throwIfAborted(): void {
    if (this.raised) throw new RunStopped();
  }
}
