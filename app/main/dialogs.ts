/** The questions that the system's own dialogs ask. Each yields absolute paths, or nothing when the user closed it. */
import { dialog, type BrowserWindow } from 'electron';
import { extname } from 'node:path';
import { fileName } from './file-name.ts';

const PROJECTS = [{ name: 'Bitext projects', extensions: ['bitext'] }];

export async function askForFiles(window: BrowserWindow): Promise<string[]> {
  const { canceled, filePaths } = await dialog.showOpenDialog(window, { title: 'Add files', properties: ['openFile', 'multiSelections'] });
  return canceled ? [] : filePaths;
}

export async function askForFolder(window: BrowserWindow, title: string): Promise<string | null> {
  const { canceled, filePaths } = await dialog.showOpenDialog(window, { title, properties: ['openDirectory', 'createDirectory'] });
  return canceled ? null : (filePaths[0] ?? null);
}

export async function askForArchive(window: BrowserWindow): Promise<string | null> {
  const { canceled, filePaths } = await dialog.showOpenDialog(window, { title: 'Choose a zip with a model', properties: ['openFile'], filters: [{ name: 'Zip archives', extensions: ['zip'] }] });
  return canceled ? null : (filePaths[0] ?? null);
}

export async function askForText(window: BrowserWindow, title: string): Promise<string | null> {
  const { canceled, filePaths } = await dialog.showOpenDialog(window, { title, properties: ['openFile'], filters: [{ name: 'Text with tabs', extensions: ['tsv', 'txt', 'tab'] }, { name: 'All files', extensions: ['*'] }] });
  return canceled ? null : (filePaths[0] ?? null);
}

export async function askForTermbases(window: BrowserWindow): Promise<string[]> {
  const { canceled, filePaths } = await dialog.showOpenDialog(window, { title: 'Choose termbases', properties: ['openFile', 'multiSelections'], filters: [{ name: 'Termbases', extensions: ['tsv', 'csv', 'txt', 'tbx', 'xml'] }] });
  return canceled ? [] : filePaths;
}

export async function askForProject(window: BrowserWindow): Promise<string | null> {
  const { canceled, filePaths } = await dialog.showOpenDialog(window, { title: 'Open project', properties: ['openFile'], filters: PROJECTS });
  return canceled ? null : (filePaths[0] ?? null);
}

/** Where a new project file goes; the ending .bitext is added when it was left out. */
export async function askWhereToSaveProject(window: BrowserWindow, suggestedName: string): Promise<string | null> {
  const { canceled, filePath } = await dialog.showSaveDialog(window, { title: 'New project', defaultPath: `${fileName(suggestedName)}.bitext`, filters: PROJECTS });
  if (canceled || filePath === '') return null;
  return extname(filePath).toLowerCase() === '.bitext' ? filePath : `${filePath}.bitext`;
}
