/**
 * What was found out about devices, on disk: a file for the machine and one for each model, known by the model's files,
 * the system and onnxruntime's version. A file that can't be read counts as none; one that can't be written is no failure.
 */
import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { contentKey } from '../runtime/graph-cache.ts';
import { writeWholeFile } from '../runtime/whole-file.ts';

/** Notes by key, e.g. `webgpu` or `webgpu float16`. */
export class NoteFile<Note extends object> {
  readonly #file: string;
  readonly #isNote: (value: unknown) => value is Note;

  constructor(file: string, isNote: (value: unknown) => value is Note) {
    this.#file = file;
    this.#isNote = isNote;
  }

  /** Null where there is none. */
  async read(key: string): Promise<{ note: Note; time: number } | null> {
    const entry = (await this.#all())[key];
    if (typeof entry !== 'object' || entry === null || !('note' in entry) || !('time' in entry)) return null;
    const { note, time } = entry;
    return typeof time === 'number' && this.#isNote(note) ? { note, time } : null;
  }

  /** On disk when it resolves: a crash that follows finds it there. */
  async write(key: string, note: Note): Promise<void> {
    const text = JSON.stringify({ ...(await this.#all()), [key]: { note, time: Date.now() } }, null, 1);
    try {
      await mkdir(path.dirname(this.#file), { recursive: true });
      await writeWholeFile(this.#file, (handle) => handle.writeFile(text));
    } catch {
      // What was found out will be found out again.
    }
  }

  async #all(): Promise<Record<string, unknown>> {
    try {
      const value: unknown = JSON.parse(await readFile(this.#file, 'utf8'));
      return typeof value === 'object' && value !== null ? { ...value } : {};
    } catch {
      return {};
    }
  }
}

/** The name of a model's file of notes: changes with any of the model's files, the system or the runtime. */
export async function modelKey(folder: string, runtime: string): Promise<string> {
  const names = (await readdir(folder)).toSorted();
  const files = await Promise.all(
    names.map(async (name) => {
      const { size, mtimeMs } = await stat(path.join(folder, name));
      return `${name} ${size} ${Math.round(mtimeMs)}`;
    }),
  );
  return contentKey([path.resolve(folder), ...files, machineKey(runtime)]).slice(0, 32);
}

/** The name of the machine's file of notes. Which Vulkan driver is loaded hangs on the environment, too. */
export function machineKey(runtime: string): string {
  const drivers = [process.env['VK_DRIVER_FILES'], process.env['VK_ICD_FILENAMES'], process.env['CUDA_VISIBLE_DEVICES']];
  return contentKey([runtime, process.platform, process.arch, ...drivers.map((value) => value ?? '')]).slice(0, 32);
}
