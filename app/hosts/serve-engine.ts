/** An engine of this process, served over a port. */
import type { Engine } from '../../native-models/engine/engine.ts';
import { engineContract } from '../contract/engine-contract.ts';
import type { Port } from '../rpc/port.ts';
import { serve, type Server } from '../rpc/serve.ts';

export function serveEngine(port: Port, engine: Engine): Server {
  return serve(port, engineContract, {
    'engine.models': () => engine.models(),
    'engine.state': () => engine.state(),
    'engine.translate': (request, { signal, report }) => engine.translate(request, { signal, onBatch: report }),
  });
}
