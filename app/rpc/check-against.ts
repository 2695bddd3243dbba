/** Parsing of the trusted direction too, for tests: a core that answers something else than its contract says fails there. */
import * as v from 'valibot';
import type { ClientOptions } from './client.ts';
import type { EventSchemas, Routes } from './routes.ts';

/** A `check` for `createClient` that throws when an output, a progress or an event isn't of its schema. */
export function checkAgainst(routes: Routes, events: EventSchemas = {}): NonNullable<ClientOptions['check']> {
  return (name, kind, value) => {
    const route = routes[name];
    const schema = kind === 'event' ? events[name] : kind === 'output' ? route?.output : route?.kind === 'job' ? route.progress : undefined;
    if (!schema) throw new Error(`${name} has no ${kind} in the contract`);
    const result = v.safeParse(schema, value);
    if (!result.success) throw new Error(`${kind} of ${name}: ${v.getDotPath(result.issues[0]) ?? ''} ${result.issues[0].message}`);
  };
}
