/**
 * Whether a graph can read memory that threads share. Node-API hands it to native code since nodejs/node pull request 59071:
 * Node 24.21 does; with the 20.18 of Electron 33 a run with such an input fails ("Invalid argument").
 */
import { GraphBuilder } from '../onnx/graph-builder.ts';
import { encodeModel } from '../onnx/model-proto.ts';
import { openSession } from './session.ts';

let known: Promise<boolean> | null = null;

/** Found out once a process, with a graph of one node. */
export function takesSharedInputs(): Promise<boolean> {
  return (known ??= tryOne());
}

async function tryOne(): Promise<boolean> {
  const g = new GraphBuilder('shared-input');
  g.namedOutput('same', g.node('Identity', [g.input('shared', 'int32', [1])]), 'int32', [1]);
  const session = await openSession(encodeModel(g.model('bitext-studio')), { threads: 1, device: 'cpu' });
  try {
    const shared = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    shared[0] = 7;
    const { same } = await session.run({ shared: { type: 'int32', dims: [1], data: shared } }, ['same']);
    return same?.data[0] === 7;
  } catch {
    return false;
  } finally {
    await session.close();
  }
}
