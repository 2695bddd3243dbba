/** Where the keyboard is in a dialog: at the first thing to do when it opens, and near where it was when what it was on goes away. */

const CONTROLS = 'button:not(:disabled), input:not(:disabled), select:not(:disabled), [tabindex="0"]';

/** Starts to look after the focus of an open dialog, whose parts are a `header`, a `.body` and perhaps a `footer`. Returns what ends that. */
export function keepFocus(dialog: HTMLDialogElement): () => void {
  /** What had the focus last, and the row of a list that it was in. */
  let last: HTMLElement | undefined, row: string | undefined;
  /** By a click beside all controls; it stays down then. */
  let putDown = false;
  const remember = (event: FocusEvent): void => {
    putDown = false;
    last = event.target instanceof HTMLElement ? event.target : undefined;
    row = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>('[data-row]')?.dataset['row'] : undefined;
  };
  const click = (event: PointerEvent): void => { putDown = event.target instanceof Element && event.target.closest(CONTROLS) === null; };
  const look = (): void => {
    if (putDown || !isLost(dialog)) return;
    requestAnimationFrame(() => {
      if (!dialog.isConnected || !isLost(dialog)) return;
      if (last !== undefined && dialog.contains(last)) {
        // A switch that is on its way comes back.
        if (!last.matches(':disabled')) last.focus({ preventScroll: true });
        return;
      }
      const again = row === undefined ? null : rowAgain(dialog, row);
      // What stands in the row now is still being read.
      if (again === 'coming') return;
      (again ?? firstOf(dialog))?.focus();
    });
  };
  dialog.addEventListener('focusin', remember);
  dialog.addEventListener('pointerdown', click);
  // A field that asks for the focus has it by now; else the browser gave it to the button that closes.
  if (isLost(dialog) || document.activeElement?.closest('header')) firstOf(dialog)?.focus();
  const observer = new MutationObserver(look);
  observer.observe(dialog, { childList: true, subtree: true, attributes: true, attributeFilter: ['disabled'] });
  return () => {
    observer.disconnect();
    dialog.removeEventListener('focusin', remember);
    dialog.removeEventListener('pointerdown', click);
  };
}

function isLost(dialog: HTMLDialogElement): boolean {
  const { activeElement } = document;
  return activeElement === null || activeElement === document.body || activeElement === dialog || activeElement.matches(':disabled');
}

/** What stands now in the row that the focus was in, since a list closes up when one of its rows is removed, or in the last one. */
function rowAgain(dialog: HTMLDialogElement, row: string): HTMLElement | 'coming' | null {
  for (const place of [row, String(Number(row) - 1)]) {
    const there = dialog.querySelector<HTMLElement>(`[data-row="${place}"]`);
    if (there) return there.querySelector<HTMLElement>(CONTROLS) ?? 'coming';
  }
  return null;
}

/** The first thing to do in a dialog; what goes on from it where there is nothing else, and its closing where there is not even that. */
function firstOf(dialog: HTMLDialogElement): HTMLElement | null {
  return dialog.querySelector<HTMLElement>(`.body :is(${CONTROLS})`) ?? dialog.querySelector<HTMLElement>('footer .primary:not(:disabled)') ?? dialog.querySelector<HTMLElement>(`footer :is(${CONTROLS})`) ?? dialog.querySelector<HTMLElement>(CONTROLS);
}
