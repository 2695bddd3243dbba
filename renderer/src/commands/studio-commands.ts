import type { ProjectSession } from '../state/project-session.svelte.ts';
import type { Studio } from '../state/studio.svelte.ts';
import { CommandRegistry, type Command, type KeyPlace } from './registry.ts';
import { paneAfter } from './panes.ts';
import { termCommands } from './term-commands.ts';

const anywhere = (place: KeyPlace): boolean => !place.dialog;
const inTarget = (place: KeyPlace): boolean => !place.dialog && place.focus === 'target';

/** Everything the window can do. */
export function createCommands(studio: Studio): CommandRegistry {
  const open = (): ProjectSession | null => (studio.dialog === null || studio.dialog === 'palette' ? studio.session : null);
  const hasProject = (): boolean => open() !== null;
  const editable = (): boolean => { const active = open()?.list.active; return active !== null && active !== undefined && !active.segment.locked; };
  const withActive = (run: (session: ProjectSession, active: NonNullable<ProjectSession['list']['active']>) => void | Promise<void>) => (): void | Promise<void> => {
    const session = studio.session;
    const active = session?.list.active;
    return session && active ? run(session, active) : undefined;
  };

  /** The target editor takes the keyboard by its own means, and only it. */
  const goToPane = (step: 1 | -1): void => {
    const pane = paneAfter(document, step);
    if (pane === 'target') studio.session?.list.active?.editor?.focus();
    else pane?.focus();
  };

  const project: Command[] = [
    { id: 'project.new', title: 'New project\u2026', group: 'Project', keys: ['$mod+n'], at: anywhere, run: () => { studio.newProject(); } },
    { id: 'project.open', title: 'Open a project\u2026', group: 'Project', keys: ['$mod+o'], at: anywhere, run: () => studio.openProject() },
    {
      id: 'project.addFiles', title: 'Add files to the project\u2026', group: 'Project', when: () => hasProject() && !studio.importing.running,
      run: async () => { await studio.addFiles(await studio.connection.native('dialog.openFiles', {})); },
    },
    {
      id: 'project.addFolder', title: 'Add a folder to the project\u2026', group: 'Project', when: () => hasProject() && !studio.importing.running,
      run: async () => { const folder = await studio.connection.native('dialog.openFolder', { title: 'Add a folder' }); if (folder !== null) await studio.addFiles([folder]); },
    },
    { id: 'project.export', title: 'Deliver\u2026', group: 'Project', keys: ['$mod+e'], at: anywhere, when: hasProject, run: () => { studio.dialog = 'deliver'; } },
    { id: 'project.reveal', title: 'Show the project file in its folder', group: 'Project', when: hasProject, run: async () => { if (studio.session) await studio.connection.native('shell.reveal', { path: studio.session.project.path }); } },
    { id: 'project.close', title: 'Close the project', group: 'Project', keys: ['$mod+w'], at: anywhere, when: hasProject, run: () => studio.closeProject() },
  ];

  const segment: Command[] = [
    { id: 'segment.confirm', title: 'Confirm and go to the next unconfirmed segment', group: 'Segment', keys: ['$mod+Enter'], when: editable, run: () => studio.session?.confirm() },
    { id: 'segment.nextUnconfirmed', title: 'Go to the next unconfirmed segment', group: 'Segment', keys: ['$mod+Shift+Enter'], when: hasProject, run: () => studio.session?.nextUnconfirmed() },
    { id: 'segment.next', title: 'Next segment', group: 'Segment', keys: ['$mod+ArrowDown'], when: hasProject, run: () => { studio.session?.list.move(1); } },
    { id: 'segment.previous', title: 'Previous segment', group: 'Segment', keys: ['$mod+ArrowUp'], when: hasProject, run: () => { studio.session?.list.move(-1); } },
    { id: 'segment.pageDown', title: 'Ten segments down', group: 'Segment', keys: ['$mod+PageDown'], when: hasProject, run: () => { studio.session?.list.move(10); } },
    { id: 'segment.pageUp', title: 'Ten segments up', group: 'Segment', keys: ['$mod+PageUp'], when: hasProject, run: () => { studio.session?.list.move(-10); } },
    { id: 'segment.goTo', title: 'Go to segment\u2026', group: 'Segment', keys: ['$mod+g'], at: anywhere, when: hasProject, run: () => { studio.dialog = 'go-to'; } },
    {
      id: 'segment.copySource', title: 'Copy the source to the target', group: 'Segment', keys: ['$mod+Insert'], when: editable,
      run: withActive((_, active) => active.replace(active.segment.source, { kind: 'source-copy' })),
    },
    { id: 'segment.clear', title: 'Empty the target', group: 'Segment', keys: ['Alt+Backspace'], when: editable, run: withActive((_, active) => active.replace([], { kind: 'typed' })) },
    { id: 'segment.noBreakSpace', title: 'Insert a no-break space', group: 'Segment', keys: ['$mod+Shift+Space'], at: inTarget, when: editable, run: withActive((_, active) => { active.editor?.insert(['\u00a0']); }) },
    { id: 'edit.undo', title: 'Undo, in whatever segment it was', group: 'Segment', keys: ['$mod+z'], when: hasProject, run: () => studio.session?.step('undo') },
    { id: 'edit.redo', title: 'Redo', group: 'Segment', keys: ['$mod+Shift+z', '$mod+y'], when: hasProject, run: () => studio.session?.step('redo') },
  ];

  const tags: Command[] = [
    {
      id: 'tags.insertMissing', title: 'Insert all missing tags', group: 'Tags', keys: ['$mod+Shift+t'], when: editable,
      run: withActive((_, { editor }) => { if (editor && editor.missing.length > 0) editor.insert(editor.missing); editor?.focus(); }),
    },
    {
      id: 'tags.insertNext', title: 'Insert the next missing tag', group: 'Tags', keys: ['Alt+t'], when: editable,
      run: withActive((_, { editor }) => { const next = editor?.missing[0]; if (editor && next) editor.insertTag(next); editor?.focus(); }),
    },
    ...Array.from({ length: 9 }, (_, i): Command => ({
      id: `tags.insert${i + 1}`, title: `Insert tag ${i + 1} of the source`, group: 'Tags', keys: [`Alt+Digit${i + 1}`], when: editable,
      run: withActive((session, { editor, segment: { source } }) => {
        const run = source.filter((entry) => typeof entry !== 'string')[i];
        if (run) editor?.insertTag(run);
        else session.list.say(`The source has no tag ${i + 1}`);
      }),
    })),
  ];

  const translate: Command[] = [
    { id: 'translate.all', title: 'Translate all', group: 'Translate', keys: ['$mod+Shift+m'], at: anywhere, when: () => hasProject() && studio.session?.translation.running === false, run: () => studio.session?.translate() },
    { id: 'translate.cancel', title: 'Stop translating', group: 'Translate', when: () => hasProject() && studio.session?.translation.running === true, run: () => { studio.session?.translation.cancel(); } },
    {
      id: 'suggestion.insert', title: 'Use the machine\u2019s suggestion', group: 'Translate', keys: ['$mod+Digit1'], when: () => editable() && studio.session?.aid.suggestion !== null,
      run: withActive((session, active) => {
        const { suggestion } = session.aid;
        if (suggestion) return active.replace(suggestion.target, { kind: 'mt', model: suggestion.model, score: suggestion.score });
      }),
    },
  ];

  const learning: Command[] = [
    { id: 'adaptation.show', title: 'Learning from what you confirm\u2026', group: 'Translate', keys: ['$mod+Shift+a'], at: anywhere, when: hasProject, run: () => { studio.dialog = 'adaptation'; } },
    {
      id: 'adaptation.toggle', title: 'Let suggestions follow what you confirm: on or off', group: 'Translate', when: hasProject,
      run: async () => {
        const { session } = studio;
        if (!session) return;
        const { adaptation } = session;
        await adaptation.set(adaptation.status?.on !== true);
        if (adaptation.failure) studio.notices.tell({ topic: 'adaptation', tone: 'error', title: adaptation.failure.title, text: adaptation.failure.message, advice: adaptation.failure.advice });
        else studio.notices.tell({ topic: 'adaptation', tone: 'done', title: adaptation.status?.on === true ? 'Suggestions follow what you confirm' : 'Suggestions come from the model alone', action: { title: 'Look', run: () => { studio.dialog = 'adaptation'; } } });
      },
    },
    { id: 'reading.show', title: 'Summarize the text, or ask it\u2026', group: 'Translate', keys: ['$mod+Shift+s'], at: anywhere, when: hasProject, run: () => { studio.dialog = 'reading'; } },
  ];

  const models: Command = { id: 'models.show', title: 'Models\u2026', group: 'View', keys: ['$mod+Shift+l'], at: anywhere, run: () => studio.showModels() };
  const training: Command = { id: 'training.show', title: 'Training\u2026', group: 'View', keys: ['$mod+Shift+k'], at: anywhere, run: () => { studio.dialog = 'training'; } };

  const view: Command[] = [
    { id: 'view.palette', title: 'All commands', group: 'View', keys: ['$mod+Shift+p', 'F1'], at: () => true, run: () => { studio.dialog = studio.dialog === 'palette' ? null : (studio.dialog ?? 'palette'); } },
    { id: 'view.filter', title: 'Filter segments', group: 'View', keys: ['$mod+f'], at: anywhere, when: hasProject, run: () => { studio.session?.list.filterField?.focus(); studio.session?.list.filterField?.select(); } },
    { id: 'view.clearFilter', title: 'Show all segments', group: 'View', keys: ['$mod+Shift+f'], at: anywhere, when: hasProject, run: () => studio.session?.list.clearFilter() },
    { id: 'view.refresh', title: 'Apply the filter again', group: 'View', keys: ['F5'], at: anywhere, when: hasProject, run: () => studio.session?.list.find() },
    { id: 'view.nextPane', title: 'Go to the next part of the window', group: 'View', keys: ['F6'], at: anywhere, run: () => { goToPane(1); } },
    { id: 'view.previousPane', title: 'Go to the part of the window before', group: 'View', keys: ['Shift+F6'], at: anywhere, run: () => { goToPane(-1); } },
    { id: 'view.closeMessages', title: 'Close all messages', group: 'View', when: () => studio.notices.shown.length > 0, run: () => { for (const { topic } of studio.notices.shown) studio.notices.close(topic); } },
    { id: 'view.invisibles', title: 'Show or hide non-printing characters', group: 'View', keys: ['$mod+Shift+Digit8'], at: anywhere, run: () => { studio.appearance.toggleInvisibles(); } },
    { id: 'view.theme', title: 'Light, dark or system colours', group: 'View', run: () => { studio.appearance.nextTheme(); } },
    { id: 'view.textLarger', title: 'Larger text', group: 'View', keys: ['$mod+Equal'], at: anywhere, run: () => { studio.appearance.resizeText(1); } },
    { id: 'view.textSmaller', title: 'Smaller text', group: 'View', keys: ['$mod+Minus'], at: anywhere, run: () => { studio.appearance.resizeText(-1); } },
    { id: 'view.textUsual', title: 'Text in its usual size', group: 'View', keys: ['$mod+Digit0'], at: anywhere, run: () => { studio.appearance.resizeText(0); } },
  ];

  return new CommandRegistry([...project, ...segment, ...tags, ...termCommands(studio, open), ...translate, ...learning, models, training, ...view], (error) => { studio.notices.tellError(error); });
}
