/**
 * A catalogue's server in a process of its own, for tests of the window: `node serve-models.ts FOLDER [ROWS]`. Publishes a tiny
 * German-English and a tiny English-French model, whose files it makes in FOLDER, and ROWS further entries without files. The
 * files are not compressed: an Electron that stands in for the shipped one may not know zstd.
 * Prints its address, then a line for every request of a file. A line on its input, `{"name": ..., "troubles": [...]}`, makes
 * it misbehave; it ends with its input.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { writeTinyModel } from '../../engine/testing/tiny-model-folder.ts';
import { sha256, startCatalogueServer, type Trouble } from './catalogue-server.ts';

const [folder = '', rows = '0'] = process.argv.slice(2);
const server = await startCatalogueServer();
for (const [from, to] of [['de', 'en'], ['en', 'fr']] as const) {
  const model = writeTinyModel(folder, from + to, from + to);
  for (const name of readdirSync(model)) {
    const bytes = readFileSync(path.join(model, name));
    server.publish(name, bytes);
    server.records.push({ name, sourceLanguage: from, targetLanguage: to, architecture: 'tiny', version: '3.0', fileType: name.split('.')[0], attachment: { filename: name, location: name, hash: sha256(bytes), size: bytes.length } });
  }
}
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
