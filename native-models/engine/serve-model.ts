/** What every worker thread with a model does: it opens the model, answers one message after the other in their order, and closes it when told. */
import type { MessagePort } from 'node:worker_threads';
import { toFailure, type WorkerFailure } from './worker-failure.ts';

interface Answer<Told> {
  readonly told: Told;
  /** What is handed over instead of being copied. */
  readonly transfer?: ArrayBuffer[];
}

/** `Asked`: the messages beside the one that closes; `Told`: what the thread says. */
export interface ServedModel<Model, Asked, Told> {
  open(): Promise<Model>;
  /** Said when the model is open. */
  ready(model: Model): Told;
  /** Whatever it throws is said by `failed`. */
  answer(model: Model, message: Asked): Promise<Answer<Told>>;
  failed(message: Asked, failure: WorkerFailure): Told;
}

/** A model that can't be opened is told as `refused`, and the thread ends. */
export function serveModel<Model extends { close(): Promise<void> }, Asked extends { readonly kind: string }, Told>(port: MessagePort, served: ServedModel<Model, Asked, Told>): void {
  type Message = Asked | { readonly kind: 'close' };
  const tell = (told: Told | { readonly kind: 'refused'; readonly failure: WorkerFailure }, transfer: ArrayBuffer[] = []): void => { port.postMessage(told, transfer); };
  const isClose = (message: Message): message is { readonly kind: 'close' } => message.kind === 'close';
  let model: Model | null = null;

  const open = async (): Promise<void> => {
    try {
      model = await served.open();
      tell(served.ready(model));
    } catch (error) {
      tell({ kind: 'refused', failure: toFailure(error) });
      port.close();
    }
  };
  const handle = async (message: Message): Promise<void> => {
    if (isClose(message)) {
      await model?.close();
      port.close();
      return;
    }
    try {
      if (model === null) throw new Error('the model is not open');
      const { told, transfer } = await served.answer(model, message);
      tell(told, transfer);
    } catch (error) {
      tell(served.failed(message, toFailure(error)));
    }
  };

  let queue = open();
  port.on('message', (message: Message) => {
    queue = queue.then(() => handle(message));
  });
}
