/** The menu bar. Its items run commands of the window's registry; keys are the window's own, shown here for the eye. */
import { app, BrowserWindow, Menu, type MenuItemConstructorOptions } from 'electron';
import { sendCommand } from './windows.ts';

type Item = MenuItemConstructorOptions;

/** `keys` are shown, not listened to: the window knows whether they apply. */
const command = (label: string, id: string, keys?: string): Item => ({
  label,
  ...(keys === undefined ? {} : { accelerator: keys, registerAccelerator: false }),
  click: (_item, window) => { if (window instanceof BrowserWindow) sendCommand(window, { id }); },
});
const line: Item = { type: 'separator' };

export function setMenu(): void {
  const mac: Item[] = process.platform === 'darwin' ? [{ role: 'appMenu' }] : [];
  Menu.setApplicationMenu(Menu.buildFromTemplate([
    ...mac,
    {
      label: '&File',
      submenu: [
        command('New project…', 'project.new', 'CmdOrCtrl+N'), command('Open project…', 'project.open', 'CmdOrCtrl+O'), command('Add files…', 'project.addFiles'),
        line, command('Deliver…', 'project.export', 'CmdOrCtrl+E'), line, command('Close project', 'project.close'), process.platform === 'darwin' ? { role: 'close' } : { role: 'quit' },
      ],
    },
    {
      label: '&Edit',
      submenu: [
        command('Undo', 'edit.undo', 'CmdOrCtrl+Z'), command('Redo', 'edit.redo', 'CmdOrCtrl+Shift+Z'), line,
        { role: 'cut' }, { role: 'copy' }, { role: 'paste' }, { role: 'selectAll' }, line,
        command('Find and filter', 'view.filter', 'CmdOrCtrl+F'),
      ],
    },
    {
      label: '&Translate',
      submenu: [
        command('Translate all', 'translate.all'), command('Cancel', 'translate.cancel'), line, command('Models…', 'models.show', 'CmdOrCtrl+Shift+L'), command('Training…', 'training.show', 'CmdOrCtrl+Shift+K'),
        command('Learning from what you confirm…', 'adaptation.show', 'CmdOrCtrl+Shift+A'), command('Terms of the project…', 'terms.show', 'CmdOrCtrl+Shift+G'), command('Summarize and ask…', 'reading.show', 'CmdOrCtrl+Shift+S'), line,
        command('Confirm and next', 'segment.confirm', 'CmdOrCtrl+Enter'), command('Copy source to target', 'segment.copySource', 'CmdOrCtrl+Insert'),
      ],
    },
    {
      label: '&View',
      submenu: [
        command('All commands…', 'view.palette', 'CmdOrCtrl+Shift+P'), line,
        { role: 'resetZoom' }, { role: 'zoomIn' }, { role: 'zoomOut' }, { role: 'togglefullscreen' },
        ...(app.isPackaged ? [] : [line, { role: 'reload' }, { role: 'toggleDevTools' }] satisfies Item[]),
      ],
    },
  ]));
}
