/** A project's name as a file name that every file system takes; `project` when nothing of it is left. */
export function fileName(name: string): string {
  const clean = name.replace(/[\p{Cc}<>:"/\\|?*]/gu, '-').slice(0, 100).replace(/[. ]+$/u, '').trimStart();
  return clean === '' ? 'project' : clean;
}
