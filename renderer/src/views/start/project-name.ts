const base = (path: string): string => path.split(/[\\/]/u).filter((part) => part !== '').at(-1) ?? '';

/** A name for a project of these files and folders: the only folder's, the only file's without its ending, or that of the folder they share. */
export function suggestName(inputs: readonly string[]): string {
  const [first] = inputs;
  if (first === undefined) return '';
  if (inputs.length === 1) return base(first).replace(/(?<=.)\.[^.]{1,8}$/u, '');
  const parents = new Set(inputs.map((path) => path.replace(/[\\/][^\\/]*$/u, '')));
  const [parent] = parents;
  return parents.size === 1 && parent !== undefined && base(parent) !== '' ? base(parent) : base(first).replace(/(?<=.)\.[^.]{1,8}$/u, '');
}

/** A file name made of a project's name: characters that some system refuses become spaces. */
export function fileNameOf(name: string): string {
  const refused = new Set('<>:"/\\|?*');
  const clean = [...name].map((character) => (refused.has(character) || character < ' ' ? ' ' : character)).join('').replace(/\s+/gu, ' ').trim().replace(/\.+$/u, '');
  return clean === '' ? 'Project' : clean;
}

/** The last part of a path, for a list. */
export const shortPath = base;
