/** A studio in a folder of its own, for tests of the core. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JobContext } from '../../contract/contract.ts';
import type { Progress, Project } from '../../contract/shapes/project.ts';
import type { StudioEngine } from '../engine-status.ts';
import { parserInThisThread } from '../formats/parser-worker/parse-document.ts';
import { openStudio } from '../studio.ts';
import type { Studio } from '../studio.ts';
import { UppercaseEngine } from './uppercase-engine.ts';

const RESOURCES = fileURLToPath(new URL('../../../resources', import.meta.url));

export interface TestStudio {
  readonly studio: Studio;
  readonly handlers: Studio['handlers'];
  /** The folder of the test. */
  readonly folder: string;
  readonly events: { name: string; value: unknown }[];
  /** An absolute path in the folder. */
  at(name: string): string;
  /** Writes files below the folder `in`; its path. */
  files(contents: Readonly<Record<string, string | Uint8Array>>): string;
  /** A project of these files. */
  project(contents: Readonly<Record<string, string | Uint8Array>>): Promise<Project>;
  /** Lets time pass for the studio. */
  later(seconds: number): void;
  /** Closes the studio and opens it again on the same folder. */
  restart(engine?: StudioEngine): TestStudio;
  remove(): void;
}

/** What a long operation gets when a test neither cancels it nor looks at its progress. */
export const calmly = (report: (progress: Progress) => void = () => undefined, signal: AbortSignal = new AbortController().signal): JobContext<Progress> => ({ signal, report });

export function openTestStudio(engine: StudioEngine = new UppercaseEngine(), folder: string = mkdtempSync(join(tmpdir(), 'bitext-core-'))): TestStudio {
  // The clock stands still but for `later`: what hangs on pauses hangs on no machine's speed.
  let now = Date.now();
  const studio = openStudio({
    clock: () => new Date(now), dir: join(folder, 'workspace'), engine, resourcesDir: RESOURCES, log: () => undefined, trustPaths: true, who: 'tester',
    // A thread for each of the many studios of the tests would cost more than the tests.
    parser: parserInThisThread,
  });
  const events: { name: string; value: unknown }[] = [];
  studio.onEvent((name, value) => { events.push({ name, value }); });
  const at = (name: string): string => join(folder, name);
  const files = (contents: Readonly<Record<string, string | Uint8Array>>): string => {
    for (const [name, content] of Object.entries(contents)) {
      mkdirSync(dirname(join(folder, 'in', name)), { recursive: true });
      writeFileSync(join(folder, 'in', name), content);
    }
    return join(folder, 'in');
  };
  return {
    studio, handlers: studio.handlers, folder, events, at, files,
    async project(contents) {
      const { project, failures } = await studio.handlers['project.create']({ path: at('test.bitext'), name: 'Test', from: 'en', to: 'pt', inputs: [files(contents)] }, calmly());
      if (failures.length > 0) throw new Error(JSON.stringify(failures));
      return project;
    },
    later(seconds) { now += seconds * 1000; },
    restart(next = engine) {
      studio.close();
      return openTestStudio(next, folder);
    },
    remove() {
      studio.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
