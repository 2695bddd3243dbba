import { type Extension } from '@codemirror/state';
import { Decoration, EditorView, MatchDecorator, ViewPlugin, type DecorationSet, type ViewUpdate } from '@codemirror/view';
import { INVISIBLE, signOf } from './invisibles.ts';

/** The target editor looks like the cell it stands in: same type, same measure. Colours come from the window's tokens. */
export const editorTheme: Extension = EditorView.theme({
  '&': { font: 'var(--font-text)', color: 'var(--ink)', backgroundColor: 'transparent' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { font: 'inherit', lineHeight: 'inherit', overflow: 'visible' },
  '.cm-content': { padding: '0', caretColor: 'var(--accent)', minHeight: '24px' },
  '.cm-line': { padding: '0' },
  '.cm-cursor': { borderLeft: '2px solid var(--accent)', marginLeft: '-1px' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--selection)' },
  '.cm-placeholder': { color: 'var(--faint)', fontStyle: 'italic' },
  '.cm-chip': {
    display: 'inline-block', font: 'var(--font-chip)', backgroundColor: 'var(--tag)', color: 'var(--tag-ink)', padding: '0 5px', margin: '0 1px', verticalAlign: '2px', cursor: 'default',
    borderRadius: '4px', border: '1px solid var(--tag-line)', direction: 'ltr', unicodeBidi: 'isolate',
  },
  '.cm-chip-open': { borderTopRightRadius: '9px', borderBottomRightRadius: '9px' },
  '.cm-chip-close': { borderTopLeftRadius: '9px', borderBottomLeftRadius: '9px' },
  '.cm-invisible': { backgroundColor: 'var(--invisible)', borderRadius: '2px' },
  '.cm-invisible[data-sign]::before, .cm-space::before': { content: 'attr(data-sign)', color: 'var(--faint)', position: 'absolute', pointerEvents: 'none' },
  '.cm-specialChar': { color: 'var(--warn)' },
});

/** Marks characters that can't be told apart by eye; `signs` also draws what they are. Nothing is ever put into the text. */
export function invisibles(signs: boolean): Extension {
  const decorator = new MatchDecorator({
    regexp: new RegExp(signs ? `${INVISIBLE.source}| ` : INVISIBLE.source, 'gu'),
    decoration: (match) => {
      if (match[0] === ' ') return Decoration.mark({ class: 'cm-space', attributes: { 'data-sign': '\u00b7' } });
      const known = signOf(match[0]);
      return Decoration.mark({ class: 'cm-invisible', attributes: { ...(signs && known ? { 'data-sign': known.sign } : {}), ...(known ? { title: known.name } : {}) } });
    },
  });
  class Marks {
    marks: DecorationSet;
    constructor(view: EditorView) { this.marks = decorator.createDeco(view); }
    update(update: ViewUpdate): void { this.marks = decorator.updateDeco(update, this.marks); }
  }
  return ViewPlugin.fromClass(Marks, { decorations: (plugin) => plugin.marks });
}
