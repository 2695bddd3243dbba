/** The parts of the window, in the order that F6 goes through them. */
const PANES = ['nav[aria-label="Files"]', 'search', '[data-testid="rows"]', 'aside', 'footer', '[role="log"]', 'header'] as const;
const CONTROLS = 'button:not(:disabled):not([tabindex="-1"]), input:not(:disabled)';

/** What takes the keyboard in the part after (1) or before (-1) the one that has it: a control, or `target` for the active target. A part without any is passed over; null where there is none at all. */
export function paneAfter(page: Document, step: 1 | -1): HTMLElement | 'target' | null {
  const panes = PANES.map((pane) => page.querySelector<HTMLElement>(pane));
  const here = panes.findIndex((pane) => pane?.contains(page.activeElement) === true);
  const start = here < 0 && step < 0 ? 0 : here;
  for (let i = 1; i <= panes.length; i++) {
    const at = (((start + step * i) % panes.length) + panes.length) % panes.length, pane = panes[at];
    if (!pane) continue;
    if (PANES[at] === '[data-testid="rows"]') return 'target';
    const control = pane.querySelector<HTMLElement>('[aria-current="true"]') ?? pane.querySelector<HTMLElement>(CONTROLS);
    if (control) return control;
  }
  return null;
}
