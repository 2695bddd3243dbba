/** The bridge between a window and the studio: a port and a few named functions, nothing of Electron itself. */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { MenuCommand, StudioBridge, StudioPortMessage } from './api.ts';

const PORT: StudioPortMessage = 'studio-port';
ipcRenderer.on('studio:port', (event) => { window.postMessage(PORT, window.location.origin, [...event.ports]); });

const bridge: StudioBridge = {
  connect: async () => { await ipcRenderer.invoke('studio:connect'); },
  native: (name, input) => ipcRenderer.invoke('studio:native', name, input),
  pathsOf: (files) => ipcRenderer.invoke('studio:dropped', [...files].map((file) => webUtils.getPathForFile(file)).filter((path) => path !== '')),
  onCommand: (listener) => { ipcRenderer.on('studio:command', (_event, command: MenuCommand) => { listener(command); }); },
};
contextBridge.exposeInMainWorld('studio', bridge);
