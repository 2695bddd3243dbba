/** Questions to the core from inside the window, past its interface: for tests of the processes behind it. */
import type { ElectronApplication, Page } from '@playwright/test';
import type { Contract, Input, Output } from '../../app/contract/contract.ts';

type Reply<T> = { readonly t: 'ok'; readonly value: T } | { readonly t: 'err'; readonly error: { readonly code: string; readonly message: string } } | { readonly t: 'progress' | 'event' };

/** Asks the core over a port of its own and resolves to the answer; rejects with the error's code and sentence. */
export async function askCore<K extends keyof Contract & string>(page: Page, name: K, input: Input<K>): Promise<Output<K>> {
  const answer = await page.evaluate(async ([question, value]) => {
    const port = await new Promise<MessagePort>((resolve) => {
      // The window takes the same port and would answer for it: only the newest listener keeps it.
      const take = (event: MessageEvent): void => {
        const [own] = event.ports;
        if (event.data !== 'studio-port' || !own) return;
        event.stopImmediatePropagation();
        window.removeEventListener('message', take, true);
        resolve(own);
      };
      window.addEventListener('message', take, true);
      void window.studio.connect();
    });
    return new Promise<Exclude<Reply<Output<K>>, { t: 'progress' | 'event' }>>((resolve) => {
      port.addEventListener('message', ({ data }: MessageEvent<Reply<Output<K>>>) => {
        if (data.t !== 'ok' && data.t !== 'err') return;
        port.close();
        resolve(data);
      });
      port.start();
      port.postMessage({ t: 'req', id: 1, name: question, input: value });
    });
  }, [name, input] as const);
  if (answer.t === 'err') throw new Error(`${name}: ${answer.error.code}: ${answer.error.message}`);
  return answer.value;
}

/** Answers the next dialogs of main with these paths, as a user would. */
export async function answerDialogs(app: ElectronApplication, answers: { readonly open?: readonly string[]; readonly save?: string }): Promise<void> {
  await app.evaluate(({ dialog }, { open, save }) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: open === undefined, filePaths: [...(open ?? [])] });
    dialog.showSaveDialog = () => Promise.resolve({ canceled: save === undefined, filePath: save ?? '' });
  }, answers);
}
