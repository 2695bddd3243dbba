/** `bitext doctor`: tries each part of the studio on this machine, and says what to do about what does not work. */
import { accessSync, constants } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { toStudioError } from '../../contract/errors.ts';
import { makeFolder } from '../../core/files/make-folder.ts';
import type { Action } from '../command.ts';
import type { CommandContext, SharedOptions } from '../context.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { defaultCache } from '../workspace.ts';

/** A sentence that every English model can translate, long enough to time. */
const PROBE = 'The supplier shall deliver the goods to the address of the buyer within thirty days of the order.';

type Outcome = { readonly ok: boolean; readonly text: string };

export const doctor: Action<SharedOptions> = async (context) => {
  let broken = 0;
  const check = async (name: string, probe: () => Promise<string> | string): Promise<void> => {
    const outcome = await attempt(probe);
    if (!outcome.ok) broken++;
    context.terminal.result(context.json ? JSON.stringify({ check: name, ...outcome }) : `${outcome.ok ? 'ok  ' : 'FAIL'}  ${name}: ${outcome.text}`);
  };
  await check('machine', () => `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${process.arch}, Node ${process.versions.node}`);
  await check('workspace', () => {
    makeFolder(context.workspace);
    accessSync(context.workspace, constants.W_OK);
    return context.workspace;
  });
  await check('database', () => tryDatabase(context.workspace));
  await check('models', async () => {
    const { models, unusable } = await (await context.engine()).models();
    if (models.length === 0) throw new Error(`none found; from a checkout, npm run setup fetches English and Portuguese${unusable.length > 0 ? ` (${unusable.length} folders can't be used: bitext models list)` : ''}`);
    return models.map(({ id, from, to }) => `${id} (${from} to ${to})`).join(', ');
  });
  await check('translation', () => tryTranslation(context));
  await reportDevices(context);
  return broken > 0 ? EXIT.missing : EXIT.done;
};

/** A device that is not there is no fault: the cpu always works. */
async function reportDevices(context: CommandContext): Promise<void> {
  const [{ doctorDevices }, { models }] = await Promise.all([import('./doctor-devices.ts'), (await context.engine()).models()]);
  const found = models.find(({ from }) => from === 'en') ?? models[0];
  const model = found === undefined ? null : { id: found.id, folder: found.folder, from: found.from, to: found.to };
  for await (const { name, ok, text } of doctorDevices({ cacheDir: `${defaultCache()}/graphs`, model }))
    context.terminal.result(context.json ? JSON.stringify({ check: name, ok, needed: false, text }) : `${ok ? 'ok  ' : '--  '}  ${name}: ${text}`);
}

async function attempt(probe: () => Promise<string> | string): Promise<Outcome> {
  try {
    return { ok: true, text: await probe() };
  } catch (error) {
    const { message, advice } = toStudioError(error);
    return { ok: false, text: `${message} ${advice}`.trim() };
  }
}

/** Opens the workspace's own database, as the window does. */
async function tryDatabase(workspace: string): Promise<string> {
  const { openWorkspaceDatabase } = await import('../../core/db/workspace-database.ts');
  const { sql } = await import('../../core/db/sql.ts');
  const db = openWorkspaceDatabase(workspace);
  try {
    const [version] = db.column(sql`SELECT sqlite_version()`);
    return `SQLite ${String(version)}`;
  } finally {
    db.close();
  }
}

async function tryTranslation(context: CommandContext): Promise<string> {
  const engine = await context.engine();
  const { models } = await engine.models();
  const model = models.find(({ from }) => from === 'en') ?? models[0];
  if (!model) throw new Error('there is no model to try');
  let text = '', milliseconds = Infinity;
  for (let round = 0; round < 4; round++) {
    const started = performance.now();
    await engine.translate({ from: model.from, to: model.to, model: model.id, texts: [`${PROBE} ${round}`], priority: 'interactive', alignment: false }, { signal: context.signal, onBatch: ({ translations }) => { text = translations[0]?.text ?? ''; } });
    milliseconds = Math.min(milliseconds, performance.now() - started);
  }
  const { device, precision, threads, residentBytes } = await engine.state();
  return `${device}, ${precision ?? 'unknown precision'}, ${threads} threads, ${milliseconds.toFixed(1)} ms for a sentence, ${Math.round((residentBytes ?? 0) / 2 ** 20)} MiB: ${text}`;
}
