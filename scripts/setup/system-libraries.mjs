/** Debian and Ubuntu packages that Electron's window and its tests need. */
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run, say, StepFailed, took } from './step.mjs';

/** Package -> what shows that it is there: a shared library's name, or a program on the PATH. */
const NEEDED = {
  'libgtk-3-0': 'libgtk-3.so.0', libnss3: 'libnss3.so', libasound2: 'libasound.so.2', libgbm1: 'libgbm.so.1', libvulkan1: 'libvulkan.so.1',
  xvfb: 'xvfb-run', xauth: 'xauth',
};
const LIBRARY_FOLDERS = ['/usr/lib', '/usr/lib64', '/lib', `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`];

const present = (sign) => (sign.includes('.so') ? LIBRARY_FOLDERS : (process.env.PATH ?? '').split(delimiter)).some((folder) => folder !== '' && existsSync(join(folder, sign)));

export async function installSystemLibraries() {
  if (process.platform !== 'linux') return 'no system packages needed on this platform';
  const missing = Object.entries(NEEDED).filter(([, sign]) => !present(sign)).map(([name]) => name);
  if (missing.length === 0) return 'system libraries are in place';
  const line = `apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  if (!existsSync('/usr/bin/apt-get')) throw new StepFailed(`the window needs ${missing.join(', ')}`, 'Install the packages of your distribution that hold them.');
  if (process.getuid?.() !== 0) throw new StepFailed(`the window needs ${missing.join(', ')}, and only root may install them`, `Run: sudo ${line}`);
  const since = Date.now();
  say(`installing ${missing.join(' ')} with apt ...`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  if (readdirSync('/var/lib/apt/lists').filter((name) => name.includes('Packages')).length === 0) await run('apt-get', ['update'], { env });
  let result = await run('apt-get', line.split(' ').slice(1), { env });
  if (result.code !== 0) {
    await run('apt-get', ['update'], { env });
    result = await run('apt-get', line.split(' ').slice(1), { env });
  }
  if (result.code !== 0) throw new StepFailed(`apt-get could not install ${missing.join(', ')}:\n${result.tail}`, `Run: ${line}`);
  return `system libraries installed in ${took(since)}`;
}
