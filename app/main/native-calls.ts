/** The only place that listens to windows over Electron's own messages: the sender is checked, the input is parsed. */
import { BrowserWindow, clipboard, ipcMain, nativeTheme, shell, type IpcMainInvokeEvent } from 'electron';
import { lstat } from 'node:fs/promises';
import { basename } from 'node:path';
import * as v from 'valibot';
import { native, type NativeInput, type NativeName, type NativeOutput } from '../contract/contract.ts';
import { StudioError, toEnvelope } from '../contract/errors.ts';
import { Path } from '../contract/shapes/values.ts';
import { askForArchive, askForFiles, askForFolder, askForProject, askForTermbases, askForText, askWhereToSaveProject } from './dialogs.ts';
import type { Hosts } from './hosts.ts';
import type { Log } from './log-file.ts';
import { isTrusted } from './security.ts';
import type { SettingsFile } from './settings-file.ts';

type Answers = { readonly [K in NativeName]: (input: NativeInput<K>, window: BrowserWindow) => Promise<NativeOutput<K>> | NativeOutput<K> };
type Answer = { answer(input: unknown, window: BrowserWindow): unknown }['answer'];

const isNativeName = (name: unknown): name is NativeName => typeof name === 'string' && Object.hasOwn(native, name);

export interface NativeCallsOptions {
  readonly hosts: Hosts;
  readonly settings: SettingsFile;
  readonly log: Log;
  /** Called once when a window asked for its port: it listens from now on. */
  readonly onWindowReady: (window: BrowserWindow) => void;
}

export function answerWindows({ hosts, settings, log, onWindowReady }: NativeCallsOptions): void {
  // The window gets a path only when the core knows it, so that it can't be faster.
  const granted = async <P extends string | null>(path: P): Promise<P> => {
    if (path !== null) await hosts.grant([path]);
    return path;
  };

  const grantedAll = async (paths: string[]): Promise<string[]> => {
    await hosts.grant(paths);
    return paths;
  };

  const answers: Answers = {
    'dialog.openFiles': async (_input, window) => grantedAll(await askForFiles(window)),
    'dialog.openFolder': async ({ title }, window) => granted(await askForFolder(window, title)),
    'dialog.openArchive': async (_input, window) => granted(await askForArchive(window)),
    'dialog.openText': async ({ title }, window) => granted(await askForText(window, title)),
    'dialog.openTermbases': async (_input, window) => grantedAll(await askForTermbases(window)),
    'dialog.openProject': async (_input, window) => granted(await askForProject(window)),
    'dialog.saveProject': async ({ suggestedName }, window) => granted(await askWhereToSaveProject(window, suggestedName)),
    'shell.reveal': ({ path }) => {
      shell.showItemInFolder(path);
      return {};
    },
    'shell.openReceipt': async ({ path }) => {
      // Opened by the system's browser: a receipt that the studio wrote, not any file that a document names.
      const file = await lstat(path);
      if (!file.isFile() || !/^[^/\\]*receipt[^/\\]*\.html$/iu.test(basename(path))) throw new StudioError('NOT_GRANTED', `${path} is not a receipt of the studio.`, { data: { path } });
      const failure = await shell.openPath(path);
      if (failure !== '') throw new StudioError('INTERNAL', `The receipt could not be opened: ${failure}`, { advice: 'Open it in a browser by hand.', data: { path } });
      return {};
    },
    'clipboard.write': async ({ text }) => {
      await clipboard.writeText(text);
      return {};
    },
    'theme.set': ({ theme }) => {
      nativeTheme.themeSource = theme;
      settings.change({ theme });
      return {};
    },
  };
  const byName: Readonly<Record<NativeName, Answer>> = answers;

  /** Answers a channel for the main frame of a window of ours, and nobody else. */
  function handle(channel: string, answer: (window: BrowserWindow, ...args: unknown[]) => unknown): void {
    ipcMain.handle(channel, (event: IpcMainInvokeEvent, ...args: unknown[]) => {
      const window = BrowserWindow.fromWebContents(event.sender);
      if (!window || !isTrusted(event.sender, event.senderFrame)) {
        log.write('main', `refused ${channel} from ${event.senderFrame?.url ?? 'a frame that is gone'}`);
        throw new Error('refused');
      }
      return answer(window, ...args);
    });
  }

  handle('studio:connect', (window) => {
    hosts.connect(window.webContents);
    onWindowReady(window);
  });
  handle('studio:native', async (window, name, input) => {
    try {
      if (!isNativeName(name)) throw new StudioError('UNKNOWN_CALL', `There is no native call '${String(name)}'.`);
      const parsed = v.safeParse(native[name].input, input);
      if (!parsed.success) throw new StudioError('INVALID_INPUT', `${name}: ${parsed.issues[0].message}.`);
      return { ok: true, value: await byName[name](parsed.output, window) };
    } catch (error) {
      return { ok: false, error: toEnvelope(error) };
    }
  });
  handle('studio:dropped', async (_window, raw) => {
    const paths = v.parse(v.pipe(v.array(Path), v.maxLength(100_000)), raw);
    await hosts.grant(paths);
    return paths;
  });
}
