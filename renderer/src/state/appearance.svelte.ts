import type { Connection } from '../client/connection.ts';

export type Theme = 'system' | 'light' | 'dark';
const THEMES: readonly Theme[] = ['system', 'light', 'dark'];
const SIZES: readonly number[] = [13, 14, 15, 16, 18, 20, 24];

const isTheme = (value: unknown): value is Theme => THEMES.some((theme) => theme === value);

/** How the window looks; remembered on this machine. */
export class Appearance {
  theme = $state<Theme>('system');
  showInvisibles = $state(false);
  /** Size of source and target text, in CSS pixels. */
  textSize = $state(15);
  readonly #connection: Connection;
  readonly #storage: Storage;

  constructor(connection: Connection, storage: Storage) {
    this.#connection = connection;
    this.#storage = storage;
    const theme = storage.getItem('theme');
    if (isTheme(theme)) this.theme = theme;
    const size = Number(storage.getItem('textSize'));
    if (SIZES.includes(size)) this.textSize = size;
    this.showInvisibles = storage.getItem('showInvisibles') === 'yes';
    void this.#tellMain();
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    this.#storage.setItem('theme', theme);
    void this.#tellMain();
  }

  nextTheme(): void { this.setTheme(THEMES[(THEMES.indexOf(this.theme) + 1) % THEMES.length] ?? 'system'); }

  toggleInvisibles(): void {
    this.showInvisibles = !this.showInvisibles;
    this.#storage.setItem('showInvisibles', this.showInvisibles ? 'yes' : 'no');
  }

  /** One step larger (1) or smaller (-1); 0 is the usual size. */
  resizeText(step: -1 | 0 | 1): void {
    const at = SIZES.indexOf(this.textSize);
    this.textSize = step === 0 ? 15 : (SIZES[Math.min(SIZES.length - 1, Math.max(0, at + step))] ?? 15);
    this.#storage.setItem('textSize', String(this.textSize));
  }

  // Main draws the title bar and native dialogs by the same theme.
  async #tellMain(): Promise<void> {
    await this.#connection.native('theme.set', { theme: this.theme }).catch(() => undefined);
  }
}
