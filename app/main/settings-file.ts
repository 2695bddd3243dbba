/** What main itself remembers between starts: where the window stood, and the theme. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as v from 'valibot';

const Place = v.object({ x: v.number(), y: v.number(), width: v.pipe(v.number(), v.minValue(400)), height: v.pipe(v.number(), v.minValue(300)), maximized: v.boolean() });
export type Place = v.InferOutput<typeof Place>;
const Settings = v.object({
  place: v.fallback(v.nullable(Place), null),
  theme: v.fallback(v.picklist(['system', 'light', 'dark']), 'system'),
});
export type Settings = v.InferOutput<typeof Settings>;

export interface SettingsFile { read(): Settings; change(part: Partial<Settings>): void }

/** A missing or damaged file yields the defaults; a part that makes no sense yields its own default. */
export function openSettings(file: string): SettingsFile {
  const read = (): Settings => {
    let raw: unknown = {};
    try { raw = JSON.parse(readFileSync(file, 'utf8')); } catch { /* first start, or damaged: defaults */ }
    return v.parse(Settings, { place: null, theme: 'system', ...(typeof raw === 'object' ? raw : {}) });
  };
  return {
    read,
    change(part) {
      const temporary = `${file}.tmp`;
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(temporary, JSON.stringify({ ...read(), ...part }), { flush: true });
      renameSync(temporary, file);
    },
  };
}

/** `place` if at least a corner of it that can be dragged lies on a display of now, else null: displays come and go. */
export function visiblePlace(place: Place | null, displays: readonly { readonly x: number; readonly y: number; readonly width: number; readonly height: number }[]): Place | null {
  if (place === null) return null;
  const shown = displays.some((display) => {
    const width = Math.min(place.x + place.width, display.x + display.width) - Math.max(place.x, display.x);
    const height = Math.min(place.y + place.height, display.y + display.height) - Math.max(place.y, display.y);
    return width >= 100 && height >= 50;
  });
  return shown ? place : null;
}
