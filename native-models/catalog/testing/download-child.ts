/** A process that downloads the first model of a catalogue, to be killed by a test: `node download-child.ts ADDRESS STORE`. */
import { downloadModel } from '../download-model.ts';
import { listPublishedModels } from '../published-models.ts';

const [address, store] = process.argv.slice(2);
const [model] = await listPublishedModels(address === undefined ? {} : { address });
if (model !== undefined && store !== undefined) await downloadModel(model, store);
