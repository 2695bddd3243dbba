import { type Extension } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, MatchDecorator, ViewPlugin, type ViewUpdate, WidgetType } from '@codemirror/view';
import type { Tag } from '../../../app/contract/shapes/text.ts';
import { isTagSlot, SLOT_PATTERN, type Slot, type TagAlphabet } from './tag-alphabet.ts';
import { chipLabel, chipMarkup, chipName } from './tag-names.ts';

class Chip extends WidgetType {
  readonly #name: string;
  readonly #label: string;
  readonly #title: string;
  readonly #kind: string;

  constructor(slot: Slot, tags: readonly Tag[]) {
    super();
    this.#kind = isTagSlot(slot) ? slot.kind : 'literal';
    this.#name = isTagSlot(slot) ? chipName(slot, tags) : `U+${(slot.literal.codePointAt(0) ?? 0).toString(16).toUpperCase()}`;
    this.#label = isTagSlot(slot) ? chipLabel(slot, tags) : `private-use character ${this.#name}`;
    this.#title = isTagSlot(slot) ? chipMarkup(slot, tags) : this.#label;
  }

  override eq(other: Chip): boolean { return other.#name === this.#name && other.#kind === this.#kind; }

  override toDOM(): HTMLElement {
    const chip = document.createElement('span');
    chip.className = `cm-chip cm-chip-${this.#kind}`;
    chip.textContent = this.#name;
    chip.title = this.#title;
    chip.setAttribute('role', 'img');
    chip.setAttribute('aria-label', this.#label);
    return chip;
  }

  override ignoreEvent(): boolean { return false; }
}

/** Draws each code point of the alphabet as one chip that the caret passes over and that is deleted whole. */
export function tagChips(alphabet: TagAlphabet, tags: readonly Tag[]): Extension {
  const decorator = new MatchDecorator({
    regexp: new RegExp(SLOT_PATTERN.source, 'gu'),
    decoration: (match) => {
      const slot = alphabet.slotOf(match[0]);
      return slot ? Decoration.replace({ widget: new Chip(slot, tags) }) : null;
    },
  });
  class Chips {
    chips: DecorationSet;
    constructor(view: EditorView) { this.chips = decorator.createDeco(view); }
    update(update: ViewUpdate): void { this.chips = decorator.updateDeco(update, this.chips); }
  }
  return ViewPlugin.fromClass(Chips, {
    decorations: (plugin) => plugin.chips,
    provide: (plugin) => EditorView.atomicRanges.of((view) => view.plugin(plugin)?.chips ?? Decoration.none),
  });
}
