/** What travels over a port. `id` is the caller's number of a request; an event has none. */
import type { ErrorEnvelope } from '../contract/errors.ts';

/** Towards the server. */
export type RequestFrame =
  | { readonly t: 'req'; readonly id: number; readonly name: string; readonly input: unknown }
  | { readonly t: 'cancel'; readonly id: number };

/** Towards the client. */
export type ReplyFrame =
  | { readonly t: 'ok'; readonly id: number; readonly value: unknown }
  | { readonly t: 'err'; readonly id: number; readonly error: ErrorEnvelope }
  | { readonly t: 'progress'; readonly id: number; readonly value: unknown }
  | { readonly t: 'event'; readonly name: string; readonly value: unknown };

type Fields = Readonly<Record<string, unknown>>;
const isFields = (raw: unknown): raw is Fields => typeof raw === 'object' && raw !== null;

/** The request in a raw message, or null when it is none. */
export function readRequest(raw: unknown): RequestFrame | null {
  if (!isFields(raw) || !Number.isSafeInteger(raw['id'])) return null;
  const { t, name, input } = raw;
  const id = Number(raw['id']);
  if (t === 'cancel') return { t, id };
  return t === 'req' && typeof name === 'string' ? { t, id, name, input } : null;
}

/** The reply in a raw message, or null when it is none. */
export function readReply(raw: unknown): ReplyFrame | null {
  if (!isFields(raw)) return null;
  const { t, name, value, error } = raw;
  if (t === 'event') return typeof name === 'string' ? { t, name, value } : null;
  if (!Number.isSafeInteger(raw['id'])) return null;
  const id = Number(raw['id']);
  if (t === 'ok' || t === 'progress') return { t, id, value };
  return t === 'err' && isEnvelope(error) ? { t, id, error } : null;
}

function isEnvelope(raw: unknown): raw is ErrorEnvelope {
  return isFields(raw) && typeof raw['code'] === 'string' && typeof raw['message'] === 'string' && typeof raw['advice'] === 'string' && isFields(raw['data']);
}
