/**
 * The settings of a model (`config.json`, `model.yml`), read key by key: what is there must be of the right kind and
 * within what can be run, and a refusal names the key.
 */
import { EngineError } from '../engine/engine-error.ts';

export class ModelSettings {
  readonly #values: ReadonlyMap<string, unknown>;
  readonly #file: string;

  /** `file` names the settings in errors. Errors: MODEL_BROKEN when `values` is no object. */
  constructor(values: unknown, file: string) {
    if (typeof values !== 'object' || values === null || Array.isArray(values))
      throw new EngineError('MODEL_BROKEN', `${file} holds no settings.`, 'Download or import the model again.');
    this.#values = new Map(Object.entries(values));
    this.#file = file;
  }

  get(key: string): unknown {
    return this.#values.get(key) ?? undefined;
  }

  /** A whole number from 1 to a million. Errors: MODEL_UNSUPPORTED. */
  positive(key: string, absent?: number): number {
    const value = this.get(key) ?? absent;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > 1_000_000)
      throw this.unsupported(key, 'a positive whole number is needed');
    return value;
  }

  /** An id: a whole number from 0. */
  id(key: string, absent?: number): number {
    const value = this.get(key) ?? absent;
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw this.unsupported(key, 'a token id is needed');
    return value;
  }

  number(key: string, absent: number): number {
    const value = this.get(key) ?? absent;
    if (typeof value !== 'number') throw this.unsupported(key, 'a number is needed');
    return value;
  }

  flag(key: string, absent: boolean): boolean {
    const value = this.get(key) ?? absent;
    if (typeof value !== 'boolean') throw this.unsupported(key, 'true or false is needed');
    return value;
  }

  text(key: string, absent?: string): string {
    const value = this.get(key) ?? absent;
    if (typeof value !== 'string') throw this.unsupported(key, 'a text is needed');
    return value;
  }

  /** Refuses any other value of the key; an absent key is agreement. */
  require(key: string, ...allowed: unknown[]): void {
    const value = this.get(key);
    if (value === undefined || allowed.some((one) => JSON.stringify(one) === JSON.stringify(value))) return;
    throw this.unsupported(key, `${allowed.map((one) => JSON.stringify(one)).join(' and ')} can be run`);
  }

  unsupported(key: string, instead: string): EngineError {
    const value = this.get(key);
    const shown = value === undefined ? '(nothing)' : JSON.stringify(value);
    return new EngineError('MODEL_UNSUPPORTED', `${this.#file} sets "${key}: ${shown}"; ${instead}.`, 'Choose another model, or another version of this one.');
  }
}
