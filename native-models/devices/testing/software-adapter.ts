/**
 * A graphics adapter for machines that have none: SwiftShader, Vulkan in software, which comes with every Electron.
 * onnxruntime's WebGPU takes it like any other, some two hundred times slower than the cpu alone.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../../..');

/** The driver's description, for `VK_DRIVER_FILES`; null where no Electron lies beside the project. */
export function softwareAdapter(): string | null {
  const folders = [process.env['ELECTRON_OVERRIDE_DIST_PATH'], installedElectron(), path.join(ROOT, 'node_modules/electron/dist')];
  const files = folders.filter((folder) => folder !== undefined).map((folder) => path.join(folder, 'vk_swiftshader_icd.json'));
  return files.find((file) => existsSync(file)) ?? null;
}

/** Sees to it that WebGPU finds this adapter and no other; to be called before onnxruntime is loaded. */
export function useSoftwareAdapter(): void {
  const driver = softwareAdapter();
  if (driver !== null) process.env['VK_DRIVER_FILES'] = driver;
}

/** The folder of the Electron that the set-up of this checkout found. */
function installedElectron(): string | undefined {
  try {
    const findings: unknown = JSON.parse(readFileSync(path.join(ROOT, 'node_modules/.cache/bitext-studio/setup.json'), 'utf8'));
    if (typeof findings !== 'object' || findings === null || !('electron' in findings)) return undefined;
    const { electron } = findings;
    return typeof electron === 'object' && electron !== null && 'dist' in electron && typeof electron.dist === 'string' ? electron.dist : undefined;
  } catch {
    return undefined;
  }
}
