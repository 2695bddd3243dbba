import { tick } from 'svelte';
import type { VListHandle } from 'virtua/svelte';

interface RowKeysOptions {
  readonly count: () => number;
  readonly list: () => VListHandle | undefined;
  /** What the list stands in; each row in it has its place as `data-row`, and something that takes the focus. */
  readonly frame: () => HTMLElement | undefined;
}

/** Arrows, Page, Home and End go from row to row of a list that is far longer than what is on the page. */
export function rowKeys({ count, list, frame }: RowKeysOptions) {
  /** The row that the keyboard is on stays in the document while the list looks for its place. */
  let at = $state(-1);
  /** The focus is on its way to that row: a further key goes on from there. */
  let moving = false;

  /** A row far away is put on the page, and shown, some frames after the list has been scrolled there. */
  function focusRow(row: number, frames: number): void {
    requestAnimationFrame(() => {
      const target = frame()?.querySelector<HTMLElement>(`[data-row="${row}"] button, [data-row="${row}"] [tabindex]`);
      target?.focus({ preventScroll: true });
      if (row !== at) return;
      if ((!target || document.activeElement !== target) && frames > 0) focusRow(row, frames - 1);
      else moving = false;
    });
  }

  return {
    /** For the list's `keepMounted`. */
    get kept(): number[] { return at < 0 || at >= count() ? [] : [at]; },
    async onkeydown(event: KeyboardEvent): Promise<void> {
      const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -count(), End: count() }[event.key];
      const row = event.target instanceof HTMLElement ? Number(event.target.closest<HTMLElement>('[data-row]')?.dataset['row'] ?? NaN) : NaN;
      if (step === undefined || Number.isNaN(row)) return;
      event.preventDefault();
      const next = Math.max(0, Math.min(count() - 1, (moving ? at : row) + step));
      at = next;
      moving = true;
      list()?.scrollToIndex(next, { align: 'nearest' });
      await tick();
      focusRow(next, 60);
    },
  };
}
