/** Entry of the process that probes a device, which may crash or hang: `device-probe-child DEVICE`. */
import type { EngineDevice } from '../engine/engine.ts';
import { probeDevice } from './device-probe.ts';
import type { ProbeMessage } from './probe-in-process.ts';

const DEVICES: readonly EngineDevice[] = ['cpu', 'webgpu', 'directml', 'coreml', 'cuda'];

const device = DEVICES.find((known) => known === process.argv[2]);
const answer = (message: ProbeMessage): void => void process.send?.(message, () => process.disconnect());
if (device === undefined) answer({ failure: `There is no device ${process.argv[2] ?? ''}.` });
else
  probeDevice(device).then(
    (result) => answer({ result }),
    (error: unknown) => answer({ failure: error instanceof Error ? error.message : String(error) }),
  );
