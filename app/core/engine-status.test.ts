import { describe, expect, test } from 'vitest';
import type { EngineState } from '../../native-models/engine/engine.ts';
import { engineStatus, type StudioEngine } from './engine-status.ts';

const STATE: EngineState = { device: 'cpu', precision: 'int8', threads: 3, loaded: ['enpt'], wordsPerSecond: 4000, residentBytes: 5 };

function engineWith(state: () => Promise<EngineState>, process?: StudioEngine['process']): StudioEngine {
  const unused = (): never => { throw new Error('not asked for'); };
  return { state, models: unused, translate: unused, close: unused, ...(process === undefined ? {} : { process }) };
}

describe('the status of the engine', () => {
  test('is its state, with what it has to say of devices and models', async () => {
    expect(await engineStatus(engineWith(() => Promise.resolve(STATE)))).toEqual({ ...STATE, state: 'ready', restarts: 0, message: null });
    const notices = ['The model stopped on webgpu: device lost The cpu is used instead.', 'tiny: run sentence by sentence.'];
    expect((await engineStatus(engineWith(() => Promise.resolve({ ...STATE, notices })))).message).toBe('The model stopped on webgpu: device lost The cpu is used instead. tiny: run sentence by sentence.');
  });

  test('is that of its process where this does not run, and a failure where it does not answer', async () => {
    expect(await engineStatus(engineWith(() => Promise.resolve(STATE), { state: 'failed', restarts: 5, message: 'It stopped five times.' }))).toMatchObject({ state: 'failed', restarts: 5, message: 'It stopped five times.', loaded: [] });
    expect(await engineStatus(engineWith(() => Promise.reject(new Error('gone'))))).toMatchObject({ state: 'failed', message: expect.stringContaining('gone') });
  });
});
