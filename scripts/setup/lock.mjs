/** Two commands may set up at once: the second waits for the first. */
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { say, StepFailed } from './step.mjs';

const alive = (pid) => { try { process.kill(pid, 0); return true; } catch (error) { return error.code === 'EPERM'; } };

/** Runs `work` while holding the lock file `name` in `folder`. A lock whose owner is dead is taken over. */
export async function locked(folder, name, work) {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.lock`);
  const giveUp = Date.now() + 20 * 60_000;
  let told = false;
  for (;;) {
    try {
      const handle = openSync(file, 'wx');
      writeSync(handle, String(process.pid));
      closeSync(handle);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const owner = readOwner(file);
    if (owner !== null && !alive(owner)) { rmSync(file, { force: true }); continue; }
    if (Date.now() > giveUp) throw new StepFailed(`another set-up (process ${owner}) has held ${file} for 20 minutes`, `End that process, or delete ${file}, and try again.`);
    if (!told) { told = true; say(`waiting for another set-up (process ${owner ?? '?'}) to finish ...`); }
    await new Promise((resolve) => { setTimeout(resolve, 250); });
  }
  const release = () => { rmSync(file, { force: true }); };
  process.once('exit', release);
  try {
    return await work();
  } finally {
    release();
    process.off('exit', release);
  }
}

/** The process id in a lock file; null while its owner is still writing it, or when it is gone already. */
function readOwner(file) {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    return Number.isSafeInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}
