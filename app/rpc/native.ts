/** The few calls that only the main process can answer, as promises that reject with a StudioError. */
import type { NativeInput, NativeName, NativeOutput } from '../contract/contract.ts';
import { fromEnvelope, type ErrorEnvelope } from '../contract/errors.ts';

/** How an answer crosses Electron's `invoke`, which would strip a thrown error of everything but its message. */
export type NativeResult<K extends NativeName> = { readonly ok: true; readonly value: NativeOutput<K> } | { readonly ok: false; readonly error: ErrorEnvelope };

export interface NativeBridge { native<K extends NativeName>(name: K, input: NativeInput<K>): Promise<NativeResult<K>> }

/** Asks main; rejects with the StudioError that main met. A dialog that the user closed yields null or an empty list. */
export async function callNative<K extends NativeName>(bridge: NativeBridge, name: K, input: NativeInput<K>): Promise<NativeOutput<K>> {
  const result = await bridge.native(name, input);
  if (!result.ok) throw fromEnvelope(result.error);
  return result.value;
}
