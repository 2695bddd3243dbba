import { tellError } from '../i18n/messages.ts';

/** Runs something; what it throws is told to `failed`, but for a cancellation, which is what the user asked for. */
export async function attempt<T>(work: () => Promise<T>, failed: (told: ReturnType<typeof tellError>) => void): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    const told = tellError(error);
    if (told.code !== 'CANCELLED') failed(told);
    return undefined;
  }
}
