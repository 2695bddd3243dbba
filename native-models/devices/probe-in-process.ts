/** Probes a device in a process of its own: a driver that crashes or hangs ends that process and nothing else. */
import { fork } from 'node:child_process';
import { nodeEnvironment } from '../engine/child-process-link.ts';
import type { EngineDevice } from '../engine/engine.ts';
import { moduleBeside } from '../engine/module-beside.ts';
import type { ProbeResult } from './device-probe.ts';

export type ProbeMessage = { readonly result: ProbeResult } | { readonly failure: string };

/** Shaders are compiled in it; a software adapter takes three seconds. */
const PATIENCE_MS = 60_000;

/** Never rejects. */
export function probeInProcess(device: EngineDevice, entry = moduleBeside('device-probe-child', import.meta.dirname)): Promise<ProbeMessage> {
  return new Promise((resolve) => {
    const child = fork(entry, [device], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'], execArgv: [], env: nodeEnvironment() });
    const timer = setTimeout(() => {
      resolve({ failure: `It did not answer within ${PATIENCE_MS / 1000} seconds.` });
      child.kill('SIGKILL');
    }, PATIENCE_MS);
    const end = (message: ProbeMessage): void => {
      clearTimeout(timer);
      resolve(message);
    };
    child.on('message', (message: ProbeMessage) => end(message));
    child.on('error', (error) => end({ failure: `The process that tries it could not be started: ${error.message}` }));
    child.on('exit', (code, signal) => end({ failure: `The process that tried it ended (${signal === null ? `exit code ${code}` : `signal ${signal}`}).` }));
  });
}
