/** The studio without a face: what the window's host, the command line and the tests open. The only place where it is put together. */
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { EventName, EventValue, Handlers } from '../contract/contract.ts';
import { openWorkspaceDatabase } from './db/workspace-database.ts';
import { engineStatus } from './engine-status.ts';
import type { StudioEngine } from './engine-status.ts';
import { receiptPage } from './delivery/receipt-page.ts';
import { verifyDelivered } from './delivery/verify.ts';
import { createGrantedPaths } from './files/granted-paths.ts';
import type { DocumentParser } from './formats/parser-worker/parse-document.ts';
import { createThreadedParser } from './formats/parser-worker/threaded-parser.ts';
import { createHandlers } from './handlers.ts';
import { createOpenProjects } from './projects/open-projects.ts';
import { openSentenceRules } from './segmentation/srx-rules.ts';
import { STUDIO_VERSION } from './studio-version.ts';

export type EventListener = <K extends EventName>(name: K, value: EventValue<K>) => void;

export interface StudioOptions {
  /** The workspace: `studio.db` and locks. Made when it is not there. */
  readonly dir: string;
  /** Stays the caller's: `close` does not close it. */
  readonly engine: StudioEngine;
  /** The folder `resources` of the studio. */
  readonly resourcesDir: string;
  log(line: string): void;
  /** Every absolute path may be named: the command line's user typed it. A window's paths must be granted. */
  readonly trustPaths?: boolean;
  /** Address of the server that publishes models; Mozilla's when absent. */
  readonly catalogue?: string | undefined;
  /** Who is written into the edit log; the user of this machine when absent. */
  readonly who?: string;
  readonly clock?: () => Date;
  /** Closed with the studio; a thread with limits when absent. */
  readonly parser?: DocumentParser;
}

export interface Studio {
  readonly handlers: Handlers;
  /** Listens to the events of the contract; the returned function stops. */
  onEvent(listener: EventListener): () => void;
  /** Lets the window name these paths, and what is in them. */
  grant(paths: readonly string[]): void;
  /** Ends what runs, closes all projects; each is then a single file. */
  close(): void;
}

/** Throws DB_FROM_FUTURE, DB_DAMAGED, NO_PERMISSION ... when the workspace can't be used. */
export function openStudio({ dir, engine, resourcesDir, log, trustPaths = false, catalogue, who = userName(), clock = () => new Date(), parser = createThreadedParser() }: StudioOptions): Studio {
  const split = openSentenceRules(resourcesDir);
  const studioDb = openWorkspaceDatabase(dir);
  const now = (): string => clock().toISOString();
  const projects = createOpenProjects({ workspace: dir, now, log });
  const paths = createGrantedPaths({ trust: trustPaths });
  const listeners = new Set<EventListener>();
  const emit: EventListener = (name, value) => {
    for (const listener of listeners) {
      try {
        listener(name, value);
      } catch (error) {
        log(`A listener to ${name} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      }
    }
  };
  const stopWatching = engine.onProcess?.(() => {
    void engineStatus(engine).then((status) => { emit('engine.changed', status); });
  });
  const handlers = createHandlers({
    studioDb, projects, engine, paths, emit, log, parser, split, author: () => ({ who, at: now() }), workspace: dir,
    models: { store: join(dir, 'models'), catalogue }, runs: join(dir, 'runs'),
    delivery: { verify: verifyDelivered, receiptPage, studio: STUDIO_VERSION, now },
  });
  return {
    handlers,
    onEvent(listener) {
      listeners.add(listener);
      return () => { listeners.delete(listener); };
    },
    grant: (granted) => { paths.grant(granted); },
    close() {
      stopWatching?.();
      projects.closeAll();
      parser.close();
      studioDb.close();
    },
  };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}
