export interface Findings {
  readonly electron?: { readonly executable: string; readonly dist: string; readonly version: string; readonly standIn: boolean };
  readonly sqlite?: { readonly binding: string | null };
}
export const checkout: string;
export function cacheFolder(): string;
export function modelsFolder(): string;
export function readFindings(): Findings;
export function writeFindings(changes: Partial<Findings>): void;
