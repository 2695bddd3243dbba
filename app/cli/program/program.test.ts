import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { buildProgram } from './program.ts';

/** Commands that do something, by their path: `project new`. */
function commandsOf(command: Command, path = ''): [string, Command][] {
  return command.commands.flatMap((sub) => {
    const name = `${path} ${sub.name()}`.trim();
    return sub.commands.length === 0 ? [[name, sub]] : commandsOf(sub, name);
  });
}

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (part) => { text += part; } }).outputHelp();
  return text;
}

const commands = commandsOf(buildProgram());

test('every command says what it does, and shows an example of itself', () => {
  expect(commands.filter(([, command]) => command.description() === '').map(([name]) => name)).toEqual([]);
  expect(commands.filter(([name, command]) => !helpOf(command).split(/^Examples?:$/mu)[1]?.includes(`bitext ${name}`)).map(([name]) => name)).toEqual([]);
});

test('examples name commands and options that there are', () => {
  const wrong: string[] = [];
  for (const [, command] of commands)
    for (const [, call = ''] of (helpOf(command).split(/^Examples?:$/mu)[1] ?? '').matchAll(/bitext ([^|)\n]+)/gu)) {
      const called = commands.find(([name]) => `${call} `.startsWith(`${name} `));
      const known = new Set(called?.[1].options.flatMap(({ long, short }) => [long, short]));
      if (called === undefined || [...call.matchAll(/(?<= )-{1,2}[a-z][\w-]*/gu)].some(([option]) => !known.has(option))) wrong.push(call);
    }
  expect(wrong).toEqual([]);
});

test('every option says what it is for', () => {
  expect(commands.flatMap(([name, command]) => command.options.filter(({ description }) => description === '').map(({ flags }) => `${name} ${flags}`))).toEqual([]);
});
