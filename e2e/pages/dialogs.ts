/** Answers the operating system's dialogs in place of a person: what main asks is real, only the picture is missing. */
import type { ElectronApplication } from '@playwright/test';

/** The next dialogs for opening files or folders yield these paths. */
export async function answerOpen(app: ElectronApplication, paths: readonly string[]): Promise<void> {
  await app.evaluate(({ dialog }, filePaths) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: filePaths.length === 0, filePaths: [...filePaths] });
  }, paths);
}

/** The next dialogs for saving yield this path; null closes them. */
export async function answerSave(app: ElectronApplication, path: string | null): Promise<void> {
  await app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: filePath === null, filePath: filePath ?? '' });
  }, path);
}
