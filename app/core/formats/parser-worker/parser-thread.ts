/** Entry of the thread in which documents are parsed. It may be ended at any moment: it holds nothing but the document. */
import { parentPort } from 'node:worker_threads';
import { toEnvelope } from '../../../contract/errors.ts';
import { parseDocument } from './parse-document.ts';
import type { FromParser, ToParser } from './parser-messages.ts';

if (parentPort === null) throw new Error('parser-thread is the entry of a worker thread');
const port = parentPort;
const tell = (message: FromParser): void => { port.postMessage(message); };

port.on('message', (request: ToParser) => {
  parseDocument(request).then((contents) => { tell({ kind: 'read', contents }); }, (error: unknown) => { tell({ kind: 'failed', error: toEnvelope(error) }); });
});
tell({ kind: 'ready' });
