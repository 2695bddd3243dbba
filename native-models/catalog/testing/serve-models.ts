/**
 * A catalogue's server in a process of its own, for tests of the window: `node serve-models.ts FOLDER [ROWS]`. Publishes a tiny
 * German-English and a tiny English-French model, whose files it makes in FOLDER, and ROWS further entries without files.
 * Prints its address, then a line for every request of a file. A line on its input, `{"name": ..., "troubles": [...]}`, makes
 * it misbehave; it ends with its input.
 */
import { createInterface } from 'node:readline';
import { writeTinyModel } from '../../engine/testing/tiny-model-folder.ts';
import { publishFolder, startCatalogueServer, type Trouble } from './catalogue-server.ts';

const [folder = '', rows = '0'] = process.argv.slice(2);
const server = await startCatalogueServer();
publishFolder(server, writeTinyModel(folder, 'deen', 'deen'), 'de', 'en');
publishFolder(server, writeTinyModel(folder, 'enfr', 'enfr'), 'en', 'fr');
const PAIRS = ['es', 'it', 'nl', 'pl', 'pt', 'ru', 'sv', 'uk'];
for (let i = 0; i < Number(rows); i++) {
  const common = { sourceLanguage: 'en', targetLanguage: PAIRS[i % PAIRS.length], architecture: `t${i}`, version: '1.0' };
  const attachment = { filename: 'x', location: 'x', hash: '0'.repeat(64), size: 1000 };
  server.records.push({ ...common, name: 'model.bin', fileType: 'model', attachment }, { ...common, name: 'vocab.spm', fileType: 'vocab', attachment });
}
console.log(server.address);
const asked = server.asked.push.bind(server.asked);
server.asked.push = (...lines) => {
  for (const line of lines) console.log(line);
  return asked(...lines);
};
for await (const line of createInterface({ input: process.stdin })) {
  const { name, troubles } = JSON.parse(line) as { name: string; troubles: Trouble[] };
  server.troubles.set(name, troubles);
}
await server.close();
