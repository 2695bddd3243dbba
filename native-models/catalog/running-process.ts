/** Whether a process that left its id on a file or folder is still there. */

/** What is no id of a process is none that runs; one of somebody else's can't be asked, but is there. */
export function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
