/** One utility process: started, watched, started again when it dies, ended for good when the studio closes. */
import { utilityProcess, type MessagePortMain, type UtilityProcess } from 'electron';
import { StudioError } from '../contract/errors.ts';
import type { HostContract, HostEvents, HostPortMessage } from '../contract/host-contract.ts';
import { createClient, type Client } from '../rpc/client.ts';
import type { Port } from '../rpc/port.ts';
import { startHeartbeat } from './heartbeat.ts';
import type { Log } from './log-file.ts';
import { createRestartPolicy } from './restart-policy.ts';

const CLOSE_GRACE_MS = 5_000;
const TERM_GRACE_MS = 1_000;
const BEAT_MS = 10_000;
const BEATS_MISSED = 3;

export interface HostProcess {
  readonly name: string;
  readonly control: Client<HostContract, HostEvents>;
  /** null while none runs. */
  readonly pid: number | null;
  start(): void;
  /** Hands a port over; false when no process is there to take it. */
  send(to: HostPortMessage['to'], port: MessagePortMain): boolean;
  /** Ends the process and lets the watch start another, as a crash would. */
  kill(): void;
  /** Asks it to close its files, then ends it for good. */
  stop(): Promise<void>;
}

export interface HostOptions {
  readonly name: string;
  readonly entry: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Flags of the process's V8; none when absent. */
  readonly execArgv?: readonly string[];
  readonly log: Log;
  /** Called after each start, the first included: the new process needs its ports. */
  readonly onStart: () => void;
  /** Called when it died too often to be started again. */
  readonly onGone: (message: string) => void;
  /** Whether to end a process that has not answered for half a minute; else it is only written down. */
  readonly killSilent: boolean;
}

export function createHostProcess({ name, entry, args, env, execArgv = [], log, onStart, onGone, killSilent }: HostOptions): HostProcess {
  const policy = createRestartPolicy();
  const control = createClient<HostContract, HostEvents>({ closed: () => new StudioError('ENGINE_EXITED', `The ${name} process has stopped.`) });
  let child: UtilityProcess | null = null;
  let stopping = false;

  function start(): void {
    const started = utilityProcess.fork(entry, [...args], { serviceName: `Bitext ${name}`, stdio: 'pipe', env, execArgv: [...execArgv] });
    const since = Date.now();
    child = started;
    started.stdout?.on('data', (data) => { log.write(name, String(data)); });
    started.stderr?.on('data', (data) => { log.write(name, String(data)); });
    let lost: () => void = () => undefined;
    // Electron ends main when something is posted to a process from its own exit event (electron issue 53923): `child` is the guard.
    const port: Port = {
      post: (message) => { if (child === started) started.postMessage(message); },
      onMessage: (listener) => { started.on('message', listener); },
      onClose: (listener) => { lost = listener; },
      close: () => undefined,
    };
    started.once('spawn', () => { log.write(name, `started, process ${String(started.pid)}`); });
    const stopBeat = startHeartbeat({
      ping: () => control.call('host.ping', {}), every: BEAT_MS, misses: BEATS_MISSED,
      onSilent: () => {
        log.write(name, `has not answered for ${String((BEAT_MS * BEATS_MISSED) / 1000)} s${killSilent ? ': it is ended' : ''}`);
        if (killSilent && child === started) end('SIGKILL');
      },
    });
    // The exit code is a hint only: a crash has been seen as 0 (electron issue 42283).
    started.once('exit', (code) => {
      if (child === started) child = null;
      stopBeat();
      lost();
      log.write(name, `ended (${String(code)}) after ${String(Math.round((Date.now() - since) / 1000))} s${stopping ? ', as asked' : ''}`);
      if (stopping) return;
      const delay = policy.died(Date.now());
      if (delay === null) {
        const message = `The ${name} process stopped five times within a minute and is not started again.`;
        log.write(name, message);
        control.fail(new StudioError('ENGINE_EXITED', message, { advice: 'Restart the studio.' }));
        onGone(message);
        return;
      }
      setTimeout(() => { if (!stopping) start(); }, delay);
    });
    control.connect(port);
    onStart();
  }

  function end(signal: 'SIGTERM' | 'SIGKILL'): void {
    const pid = child?.pid;
    // kill() of a utility process sends SIGTERM only, and does nothing right after the fork (electron issue 44009).
    if (signal === 'SIGTERM') child?.kill();
    else if (pid !== undefined) try { process.kill(pid, 'SIGKILL'); } catch { /* it has just ended by itself */ }
  }
  const gone = (milliseconds: number): Promise<boolean> => new Promise((resolve) => {
    const running = child;
    if (!running) { resolve(true); return; }
    const timer = setTimeout(() => { resolve(false); }, milliseconds);
    running.once('exit', () => { clearTimeout(timer); resolve(true); });
  });

  return {
    name,
    control,
    get pid() { return child?.pid ?? null; },
    start,
    send(to, port) {
      if (!child) { port.close(); return false; }
      const message: HostPortMessage = { t: 'port', to };
      child.postMessage(message, [port]);
      return true;
    },
    kill: () => { end('SIGKILL'); },
    async stop() {
      stopping = true;
      if (!child) return;
      const late = new Promise<void>((resolve) => { setTimeout(resolve, CLOSE_GRACE_MS); });
      await Promise.race([control.call('host.close', {}).catch((error: unknown) => { log.write(name, `did not close: ${String(error)}`); }), late]);
      end('SIGTERM');
      if (await gone(TERM_GRACE_MS)) return;
      end('SIGKILL');
      await gone(TERM_GRACE_MS);
    },
  };
}
