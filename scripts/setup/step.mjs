/** One step of set-up: how it speaks, runs commands and fails. */
import { spawn } from 'node:child_process';

/** A step that could not do its work; `advice` is what the reader can do about it. */
export class StepFailed extends Error {
  constructor(message, advice) {
    super(message);
    this.advice = advice;
  }
}

const started = Date.now();
/** A line of set-up's own, on stderr, so that a command's stdout stays its own. */
export const say = (text) => { process.stderr.write(`[set-up ${((Date.now() - started) / 1000).toFixed(1).padStart(5)} s] ${text}\n`); };

/**
 * Runs a program and resolves to its exit code, its stdout, and the first (`head`) and last (`tail`) lines of both streams; never rejects for a failing program.
 * `timeout` in milliseconds ends it and everything it started; exit code null then.
 */
export function run(program, args, { cwd, env = {}, timeout = 0 } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: process.platform !== 'win32', shell: process.platform === 'win32' && program === 'npm' });
    let stdout = '';
    let all = '';
    child.stdout.on('data', (data) => { stdout += data; all += data; });
    child.stderr.on('data', (data) => { all += data; });
    const end = () => { try { process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL'); } catch { child.kill('SIGKILL'); } };
    const timer = timeout > 0 ? setTimeout(end, timeout) : null;
    const interrupted = () => { end(); process.exit(130); };
    process.once('SIGINT', interrupted);
    const done = (code, extra) => {
      if (timer) clearTimeout(timer);
      process.off('SIGINT', interrupted);
      resolve({ code, stdout, tail: indent((all + extra).trimEnd().split('\n').slice(-12)), head: indent((all + extra).trim().split('\n').slice(0, 30)) });
    };
    child.on('error', (error) => { done(-1, String(error.message)); });
    child.on('close', (code) => { done(code, ''); });
  });
}

const indent = (lines) => lines.map((line) => `    ${line.replaceAll(/\x1b\[[0-9;]*m/g, '').slice(0, 300)}`).join('\n');

/** Seconds as people write them. */
export const took = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;
