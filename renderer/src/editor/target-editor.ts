import { deleteCharBackward, insertNewline, standardKeymap } from '@codemirror/commands';
import { Annotation, Compartment, EditorSelection, EditorState } from '@codemirror/state';
import { drawSelection, EditorView, keymap, placeholder } from '@codemirror/view';
import type { Segment } from '../../../app/contract/shapes/segment.ts';
import type { ReadonlyRuns, Runs, TagRun } from '../../../app/contract/shapes/text.ts';
import { readClipboard, writeClipboard } from './clipboard.ts';
import { editorTheme, invisibles } from './editor-theme.ts';
import { TagAlphabet } from './tag-alphabet.ts';
import { tagChips } from './tag-chips.ts';
import { missingTags, partnerOf } from './tag-names.ts';

export interface TargetEditorOptions {
  /** A shadow root: the editor's style sheet is adopted there, so the window's content security policy needs no exception. */
  readonly root: ShadowRoot;
  readonly segment: Segment;
  readonly runs: ReadonlyRuns;
  readonly language: string;
  readonly label: string;
  readonly showInvisibles: boolean;
  /** Called after each change by the user, not after `replace`. */
  readonly changed: (runs: Runs) => void;
}

const fromOutside = Annotation.define<boolean>();

/** The one live editor: the target of the active segment. A tag is one private-use character, drawn as a chip. */
export class TargetEditor {
  readonly #view: EditorView;
  readonly #alphabet = new TagAlphabet();
  readonly #segment: Segment;
  readonly #signs = new Compartment();

  constructor(options: TargetEditorOptions) {
    const { segment } = options;
    this.#segment = segment;
    const multiline = segment.source.some((run) => typeof run === 'string' && run.includes('\n'));
    this.#view = new EditorView({
      parent: options.root,
      root: options.root,
      state: EditorState.create({
        doc: this.#alphabet.encode(options.runs),
        selection: EditorSelection.cursor(this.#alphabet.encode(options.runs).length),
        extensions: [
          EditorState.lineSeparator.of('\n'),
          EditorState.readOnly.of(segment.locked),
          EditorView.editable.of(!segment.locked),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': options.label, lang: options.language, spellcheck: 'false', dir: 'auto' }),
          placeholder(segment.locked ? 'Locked' : 'Translation'),
          drawSelection(),
          editorTheme,
          tagChips(this.#alphabet, segment.tags),
          this.#signs.of(invisibles(options.showInvisibles)),
          keymap.of([
            { key: 'Enter', run: (view) => (multiline ? insertNewline(view) : true) },
            { key: 'Shift-Enter', run: insertNewline },
            { key: 'Shift-Backspace', run: deleteCharBackward },
            ...standardKeymap,
          ]),
          EditorView.domEventHandlers({
            copy: (event) => this.#copy(event),
            cut: (event) => this.#copy(event) && this.#deleteSelection(),
            paste: (event) => {
              if (event.clipboardData) this.insert(readClipboard(event.clipboardData, segment.tags, multiline));
              return true;
            },
            // A drag would carry the private-use characters into other fields and programs.
            dragstart: () => true,
            drop: () => true,
          }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged && !update.transactions.some((transaction) => transaction.annotation(fromOutside))) options.changed(this.runs);
          }),
        ],
      }),
    });
  }

  get runs(): Runs { return this.#alphabet.decode(this.#view.state.doc.toString()); }
  get hasFocus(): boolean { return this.#view.hasFocus; }
  /** Length of the selected stretch in characters, a tag being two. */
  get selectionLength(): number { return this.#view.state.selection.main.to - this.#view.state.selection.main.from; }

  /** The selected text, without its tags. */
  get selectedText(): string {
    const { from, to } = this.#view.state.selection.main;
    return this.#alphabet.decode(this.#view.state.sliceDoc(from, to)).filter((run) => typeof run === 'string').join('');
  }

  focus(): void { this.#view.focus(); }

  /** Puts the caret where the mouse is. */
  focusAt(x: number, y: number): void {
    this.#view.focus();
    const at = this.#view.posAtCoords({ x, y }, false);
    this.#view.dispatch({ selection: EditorSelection.cursor(at) });
  }

  showInvisibles(on: boolean): void { this.#view.dispatch({ effects: this.#signs.reconfigure(invisibles(on)) }); }

  /** Shows another text (undo, a change from elsewhere); the caret goes to where it differs. */
  replace(runs: ReadonlyRuns): void {
    const before = this.#view.state.doc.toString();
    const after = this.#alphabet.encode(runs);
    if (before === after) return;
    let from = 0;
    while (from < before.length && from < after.length && before[from] === after[from]) from++;
    let tail = 0;
    while (tail < before.length - from && tail < after.length - from && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
    if (isLowSurrogate(before, from) || isLowSurrogate(after, from)) from--;
    if (tail > 0 && (isLowSurrogate(before, before.length - tail) || isLowSurrogate(after, after.length - tail))) tail--;
    const insert = after.slice(from, after.length - tail);
    this.#view.dispatch({
      changes: { from, to: before.length - tail, insert },
      selection: EditorSelection.cursor(from + insert.length),
      annotations: fromOutside.of(true),
      scrollIntoView: true,
    });
  }

  /** Puts runs in place of the selection. */
  insert(runs: ReadonlyRuns): void {
    this.#view.dispatch({ ...this.#view.state.replaceSelection(this.#alphabet.encode(runs)), userEvent: 'input', scrollIntoView: true });
  }

  /** Puts runs in place of the whole text. */
  insertAll(runs: ReadonlyRuns): void {
    const insert = this.#alphabet.encode(runs);
    this.#view.dispatch({ changes: { from: 0, to: this.#view.state.doc.length, insert }, selection: EditorSelection.cursor(insert.length), userEvent: 'input' });
  }

  /** Puts a tag at the caret; a paired one goes around the selection. */
  insertTag(run: TagRun): void {
    const { from, to } = this.#view.state.selection.main;
    const partner = partnerOf(run);
    if (from === to || partner === undefined) { this.insert([run]); return; }
    const open = this.#alphabet.encode([run.kind === 'open' ? run : partner]);
    const close = this.#alphabet.encode([run.kind === 'open' ? partner : run]);
    this.#view.dispatch({
      changes: [{ from, insert: open }, { from: to, insert: close }],
      selection: EditorSelection.cursor(to + open.length + close.length),
      userEvent: 'input', scrollIntoView: true,
    });
  }

  /** The tags of the source that the text lacks now, in the order of the source. */
  get missing(): TagRun[] { return missingTags(this.#segment.source, this.runs); }

  destroy(): void { this.#view.destroy(); }

  #copy(event: ClipboardEvent): boolean {
    const { from, to } = this.#view.state.selection.main;
    if (from === to || !event.clipboardData) return false;
    writeClipboard(event.clipboardData, this.#alphabet.decode(this.#view.state.sliceDoc(from, to)), this.#segment.tags);
    event.preventDefault();
    return true;
  }

  #deleteSelection(): boolean {
    if (!this.#segment.locked) this.#view.dispatch({ ...this.#view.state.replaceSelection(''), userEvent: 'delete.cut' });
    return true;
  }
}

const isLowSurrogate = (text: string, at: number): boolean => {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff;
};
