import { createKeybindingsHandler } from 'tinykeys';

/** Where the keyboard is when a key is pressed. */
export interface KeyPlace {
  /** The target editor, a field of the window (filter, name), or anything else. */
  readonly focus: 'target' | 'field' | 'elsewhere';
  /** A dialog is open in front of everything else. */
  readonly dialog: boolean;
}

export interface Command {
  readonly id: string;
  readonly title: string;
  /** Heading in the palette. */
  readonly group: 'Project' | 'Segment' | 'Tags' | 'Terms' | 'Translate' | 'View';
  /** tinykeys notation, e.g. `$mod+Shift+p`; the first one is shown. */
  readonly keys?: readonly string[];
  /** Absent: always available. */
  readonly when?: () => boolean;
  /** Absent: the key works in the target editor and elsewhere, not in a field, and never behind a dialog. */
  readonly at?: (place: KeyPlace) => boolean;
  run(): void | Promise<void>;
}

const usually = (place: KeyPlace): boolean => !place.dialog && place.focus !== 'field';

/** Every action of the window under one id: menu, palette, buttons, keys and tests ask for the same one. */
export class CommandRegistry {
  readonly #commands = new Map<string, Command>();
  readonly #failed: (error: unknown) => void;

  /** `failed` gets what a command threw. */
  constructor(commands: readonly Command[], failed: (error: unknown) => void) {
    this.#failed = failed;
    const keys = new Map<string, string>();
    for (const command of commands) {
      if (this.#commands.has(command.id)) throw new Error(`Two commands are called ${command.id}.`);
      this.#commands.set(command.id, command);
      for (const key of command.keys ?? []) {
        const other = keys.get(key.toLowerCase());
        if (other !== undefined) throw new Error(`${key} belongs to ${other} and to ${command.id}.`);
        keys.set(key.toLowerCase(), command.id);
      }
    }
  }

  get all(): readonly Command[] { return [...this.#commands.values()]; }

  get(id: string): Command | undefined { return this.#commands.get(id); }

  available(id: string): boolean {
    const command = this.#commands.get(id);
    return command !== undefined && (command.when?.() ?? true);
  }

  /** Runs a command if it is available now. Returns whether it was. */
  run(id: string): boolean {
    const command = this.#commands.get(id);
    if (command === undefined || !(command.when?.() ?? true)) return false;
    void (async () => {
      try { await command.run(); } catch (error) { this.#failed(error); }
    })();
    return true;
  }

  /** A keydown listener for all keys; an event that ran a command goes no further. */
  keyHandler(placeOf: (event: KeyboardEvent) => KeyPlace): EventListener {
    const bindings: Record<string, (event: KeyboardEvent) => void> = {};
    for (const command of this.#commands.values()) {
      for (const key of command.keys ?? []) {
        bindings[key] = (event) => {
          if (event.isComposing || !(command.at ?? usually)(placeOf(event)) || !this.run(command.id)) return;
          event.preventDefault();
          event.stopPropagation();
        };
      }
    }
    return createKeybindingsHandler(bindings, { ignore: () => false });
  }

  /** Commands whose title or group holds every word of the query: those whose title starts with it first, then in the order of the registry. */
  find(query: string): readonly Command[] {
    const wanted = query.trim().toLowerCase();
    const words = wanted.split(/\s+/u).filter((word) => word !== '');
    const rank = ({ title }: Command): number => (title.toLowerCase().startsWith(wanted) ? 0 : title.toLowerCase().includes(wanted) ? 1 : 2);
    return this.all.filter((command) => {
      const text = `${command.group} ${command.title}`.toLowerCase();
      return words.every((word) => text.includes(word));
    }).sort((a, b) => rank(a) - rank(b));
  }
}

const NAMES: Readonly<Record<string, string>> = {
  $mod: 'Ctrl', Control: 'Ctrl', ArrowUp: '\u2191', ArrowDown: '\u2193', ArrowLeft: '\u2190', ArrowRight: '\u2192', Comma: ',', Period: '.', Slash: '/', Equal: '+', Minus: '\u2212',
};

/** How a key is written for people, one part a cap: `$mod+Shift+p` is Ctrl, Shift, P. `mac` writes Cmd for $mod. */
export function keyCaps(key: string, mac: boolean): readonly string[] {
  return key.split('+').map((part) => (part === '$mod' && mac ? '\u2318' : (NAMES[part] ?? part.replace(/^Digit/u, '').replace(/^[a-z]$/u, (letter) => letter.toUpperCase()))));
}
