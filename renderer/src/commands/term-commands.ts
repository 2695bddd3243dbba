import { stepSpan, wordsOf } from '../editor/source-span.ts';
import type { ActiveSegment } from '../state/active-segment.svelte.ts';
import { formFor, insertable, isSaid } from '../state/project-terms.svelte.ts';
import type { ProjectSession } from '../state/project-session.svelte.ts';
import type { Studio } from '../state/studio.svelte.ts';
import type { Command, KeyPlace } from './registry.ts';

const anywhere = (place: KeyPlace): boolean => !place.dialog;

/** Terms: their list, those of the active segment, and new ones from what is selected. `open` gives the project that commands may touch now. */
export function termCommands(studio: Studio, open: () => ProjectSession | null): Command[] {
  const active = (): ActiveSegment | null => open()?.list.active ?? null;
  const editable = (): boolean => active()?.segment.locked === false;
  const within = (run: (session: ProjectSession, segment: ActiveSegment) => void | Promise<void>) => (): void | Promise<void> => {
    const { session } = studio, segment = session?.list.active;
    return session && segment ? run(session, segment) : undefined;
  };
  const hasTerm = (n: number) => (): boolean => editable() && insertableTerms(open()).length > n;
  const step = (way: 1 | -1, extend: boolean) => within((session, segment) => {
    const text = segment.sourceText;
    const span = stepSpan(wordsOf(text, session.project.from), segment.sourceSpan, way, extend);
    segment.sourceSpan = span === null ? null : { ...span, onPage: false };
    session.list.say(span === null ? 'Nothing of the source is chosen' : text.slice(span.start, span.end));
  });

  return [
    { id: 'terms.show', title: 'Terms of the project\u2026', group: 'Terms', keys: ['$mod+Shift+g'], at: anywhere, when: () => open() !== null, run: () => { studio.dialog = 'terms'; } },
    { id: 'terms.add', title: 'Add a term from what is selected in source and target', group: 'Terms', keys: ['$mod+t'], when: () => active() !== null, run: within((session, segment) => addSelected(studio, session, segment)) },
    {
      id: 'terms.insertNext', title: 'Insert the next term of the source', group: 'Terms', keys: ['$mod+i'], when: hasTerm(0),
      run: within((session, segment) => {
        const next = insertableTerms(session).findIndex((term) => !isSaid(term, segment.sourceText, session.terms.places, segment.targetText));
        if (next < 0) session.list.say('All terms are in the target');
        else insertTerm(session, segment, next);
      }),
    },
    ...Array.from({ length: 9 }, (_, i): Command => ({
      id: `terms.insert${i + 1}`, title: `Insert term ${i + 1} of the source`, group: 'Terms', keys: [`Alt+Shift+Digit${i + 1}`], when: hasTerm(i), run: within((session, segment) => { insertTerm(session, segment, i); }),
    })),
    { id: 'terms.chooseNext', title: 'Choose the next word of the source, for a term', group: 'Terms', keys: ['Alt+Period'], when: () => active() !== null, run: step(1, false) },
    { id: 'terms.choosePrevious', title: 'Choose the word of the source before, for a term', group: 'Terms', keys: ['Alt+Comma'], when: () => active() !== null, run: step(-1, false) },
    { id: 'terms.chooseMore', title: 'Choose one more word of the source, for a term', group: 'Terms', keys: ['Alt+Shift+Period'], when: () => active() !== null, run: step(1, true) },
  ];
}

const insertableTerms = (session: ProjectSession | null) => session?.terms.ofSegment.filter(insertable) ?? [];

function insertTerm(session: ProjectSession, { editor, sourceText }: ActiveSegment, n: number): void {
  const term = insertableTerms(session)[n];
  if (term === undefined || !editor) return;
  editor.insert([formFor(term, session.terms.places.find(({ terms }) => terms.some(({ id }) => id === term.id)), sourceText)]);
  editor.focus();
}

/** With words of both sides the term is there at once; otherwise its form asks for what is missing. */
async function addSelected(studio: Studio, session: ProjectSession, segment: ActiveSegment): Promise<void> {
  const { sourceSpan } = segment;
  const source = sourceSpan === null ? '' : segment.sourceText.slice(sourceSpan.start, sourceSpan.end).trim();
  const target = segment.editor?.selectedText.trim() ?? '';
  if (source === '' || target === '') {
    session.terms.draft = { source, target, forbidden: false, caseSensitive: false, doNotTranslate: false };
    studio.dialog = 'terms';
    return;
  }
  const { id } = await session.terms.add({ sources: [source], targets: [target] });
  segment.sourceSpan = null;
  segment.editor?.focus();
  studio.notices.tell({ topic: 'terms', tone: 'done', title: 'Term added', text: `${source}: ${target}`, action: { title: 'Take it back', run: () => { void session.terms.remove([id]); } } });
}
