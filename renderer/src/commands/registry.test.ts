import { expect, test } from 'vitest';
import { CommandRegistry, keyCaps, type Command, type KeyPlace } from './registry.ts';

const command = (id: string, more: Partial<Command> = {}): Command => ({ id, title: id, group: 'Segment', run: () => undefined, ...more });

/** As much of a keyboard event as the key handler looks at. */
function press(registry: CommandRegistry, init: { key: string; code: string; ctrl?: boolean; shift?: boolean }, place: KeyPlace = { focus: 'target', dialog: false }) {
  const happened = { prevented: false, stopped: false };
  const event = Object.assign(new Event('keydown'), {
    key: init.key, code: init.code, isComposing: false,
    getModifierState: (name: string) => (name === 'Control' && init.ctrl === true) || (name === 'Shift' && init.shift === true),
    preventDefault: () => { happened.prevented = true; },
    stopPropagation: () => { happened.stopped = true; },
  });
  registry.keyHandler(() => place)(event);
  return happened;
}

test('a key runs its command and goes no further', () => {
  const ran: string[] = [];
  const registry = new CommandRegistry([command('a', { keys: ['Control+Enter'], run: () => { ran.push('a'); } }), command('b', { keys: ['Control+Shift+t'], run: () => { ran.push('b'); } })], () => undefined);
  expect(press(registry, { key: 'Enter', code: 'Enter', ctrl: true })).toEqual({ prevented: true, stopped: true });
  expect(press(registry, { key: 'T', code: 'KeyT', ctrl: true, shift: true })).toEqual({ prevented: true, stopped: true });
  expect(press(registry, { key: 'Enter', code: 'Enter' })).toEqual({ prevented: false, stopped: false });
  expect(ran).toEqual(['a', 'b']);
});

test('a command that isn\u2019t available leaves its key to others', () => {
  const registry = new CommandRegistry([command('a', { keys: ['Control+Enter'], when: () => false })], () => undefined);
  expect(press(registry, { key: 'Enter', code: 'Enter', ctrl: true }).prevented).toBe(false);
  expect(registry.run('a')).toBe(false);
  expect(registry.run('unknown')).toBe(false);
});

test('keys sleep in fields and behind dialogs, unless the command says otherwise', () => {
  const registry = new CommandRegistry([command('a', { keys: ['Control+z'] }), command('palette', { keys: ['Control+p'], at: () => true })], () => undefined);
  const z = { key: 'z', code: 'KeyZ', ctrl: true }, p = { key: 'p', code: 'KeyP', ctrl: true };
  expect(press(registry, z, { focus: 'field', dialog: false }).prevented).toBe(false);
  expect(press(registry, z, { focus: 'target', dialog: true }).prevented).toBe(false);
  expect(press(registry, p, { focus: 'field', dialog: true }).prevented).toBe(true);
});

test('two commands can\u2019t share an id or a key', () => {
  expect(() => new CommandRegistry([command('a'), command('a')], () => undefined)).toThrow('Two commands are called a.');
  expect(() => new CommandRegistry([command('a', { keys: ['Control+Enter'] }), command('b', { keys: ['control+enter'] })], () => undefined)).toThrow('control+enter belongs to a and to b.');
});

test('what a command throws is reported', async () => {
  const failures: unknown[] = [];
  const registry = new CommandRegistry([command('a', { run: () => Promise.reject(new Error('refused')) })], (error) => failures.push(error));
  expect(registry.run('a')).toBe(true);
  await new Promise((resolve) => setImmediate(resolve));
  expect(failures).toEqual([new Error('refused')]);
});

test('a search finds commands by words in any order', () => {
  const registry = new CommandRegistry([command('a', { title: 'Confirm and go to the next' }), command('b', { title: 'Insert all tags', group: 'Tags' }), command('c', { title: 'Go to the start' })], () => undefined);
  expect(registry.find('go to the').map(({ id }) => id)).toEqual(['c', 'a']);
  expect(registry.find('next conf').map(({ id }) => id)).toEqual(['a']);
  expect(registry.find('tags').map(({ id }) => id)).toEqual(['b']);
  expect(registry.find('').map(({ id }) => id)).toEqual(['a', 'b', 'c']);
});

test('keys are written as they stand on the keyboard', () => {
  expect(keyCaps('$mod+Shift+p', false)).toEqual(['Ctrl', 'Shift', 'P']);
  expect(keyCaps('$mod+ArrowUp', true)).toEqual(['\u2318', '\u2191']);
  expect(keyCaps('Alt+Digit1', false)).toEqual(['Alt', '1']);
});
