/** `bitext completion`: a script for the shell, made from the commands that there are. */
import type { Command } from 'commander';
import { StudioError } from '../../contract/errors.ts';
import type { Action } from '../command.ts';
import type { SharedOptions } from '../context.ts';
import { EXIT } from '../terminal/exit-codes.ts';

/** The action for a program's commands. Throws INVALID_INPUT for another shell. */
export const completionOf = (program: Command): Action<SharedOptions> => ({ terminal }, [shell]) => {
  const words = wordsOf(program);
  const commands = (words.get('') ?? []).join(' ');
  const branches = [...words].filter(([path]) => path !== '');
  if (shell === 'bash') {
    terminal.result(`_bitext() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" path="\${COMP_WORDS[1]} \${COMP_WORDS[2]}" words
  case "$path" in
${branches.filter(([path]) => path.includes(' ')).map(([path, list]) => `    "${path}") words="${list.join(' ')}" ;;`).join('\n')}
    *) case "\${COMP_WORDS[1]}" in
${branches.filter(([path]) => !path.includes(' ')).map(([path, list]) => `      ${path}) words="${list.join(' ')}" ;;`).join('\n')}
    esac ;;
  esac
  [ "$COMP_CWORD" -eq 1 ] && words="${commands}"
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}
complete -o default -F _bitext bitext`);
  } else if (shell === 'zsh') {
    terminal.result(`#compdef bitext
_bitext() {
  case "$CURRENT" in
    2) compadd ${commands} ;;
    *) case "$words[2]" in
${branches.filter(([path]) => !path.includes(' ')).map(([path, list]) => `      ${path}) compadd -- ${list.join(' ')}; _files ;;`).join('\n')}
    esac ;;
  esac
}
compdef _bitext bitext`);
  } else if (shell === 'fish') {
    for (const name of words.get('') ?? []) terminal.result(`complete -c bitext -n __fish_use_subcommand -a ${name}`);
    for (const [path, list] of branches) for (const word of list) terminal.result(`complete -c bitext -n "__fish_seen_subcommand_from ${path.split(' ').at(-1) ?? ''}" ${word.startsWith('--') ? `-l ${word.slice(2)}` : `-a ${word}`}`);
  } else throw new StudioError('INVALID_INPUT', `There is no completion for ${shell ?? 'no shell'}.`, { advice: 'Use bash, zsh or fish.' });
  return Promise.resolve(EXIT.done);
};

/** What may follow each command path: its subcommands, else its options. */
function wordsOf(command: Command, path = ''): Map<string, string[]> {
  const words = new Map([[path, [...command.commands.map((sub) => sub.name()), ...(path === '' ? [] : command.options.flatMap(({ long }) => (long ? [long] : [])))]]]);
  for (const sub of command.commands) for (const [name, list] of wordsOf(sub, path === '' ? sub.name() : `${path} ${sub.name()}`)) words.set(name, list);
  return words;
}
