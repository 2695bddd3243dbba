/**
 * Values that many shapes have. Shapes cross every boundary of the studio: window <-> core, command line <-> core, core <->
 * files on disk. A schema and its type bear one name; what is here imports nothing but the schema library.
 */
import * as v from 'valibot';

/** Of a row: counted from 1. */
export const Id = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
export const Ids = v.pipe(v.array(Id), v.maxLength(1_000_000));
export const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
export const Percent = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(100));
/** BCP 47 language tag: `en`, `pt-BR`, `zh-Hans`. */
export const LanguageTag = v.pipe(v.string(), v.maxLength(35), v.regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/));
/** An absolute path that a dialog, a drop or the command line yielded; the window never invents one. */
export const Path = v.pipe(v.string(), v.minLength(1), v.maxLength(4096));
/** A segment or a unit never holds more UTF-16 code units than this. */
export const MAX_TEXT = 1_000_000;
export const Text = v.pipe(v.string(), v.maxLength(MAX_TEXT));
/** The name of a run's folder. */
export const RunId = v.pipe(v.string(), v.maxLength(200), v.regex(/^[\w-][\w.-]*$/u));
export const ModelId = v.pipe(v.string(), v.minLength(1), v.maxLength(4096));
