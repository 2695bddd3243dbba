/** Which file of the built renderer an app:// address means. */
import { extname, join, resolve, sep } from 'node:path';

export const ORIGIN = 'app://bitext';
export const START_PAGE = `${ORIGIN}/index.html`;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml', '.png': 'image/png', '.ico': 'image/x-icon', '.woff2': 'font/woff2',
};

/** The media type of a file that `fileOf` let through. */
export const typeOf = (file: string): string => TYPES[extname(file)] ?? 'application/octet-stream';

/** The file of an app:// address below `folder`, or null for any other address, host, method of escape or type of file. */
export function fileOf(address: string, folder: string): string | null {
  try {
    const url = new URL(address);
    // Node and Chromium disagree on the origin of a scheme of one's own; its parts are what they are in both.
    if (`${url.protocol}//${url.host}` !== ORIGIN) return null;
    const path = decodeURIComponent(url.pathname);
    if (/[\\\0]/.test(path)) return null;
    const root = resolve(folder);
    const file = join(root, path);
    return file.startsWith(root + sep) && TYPES[extname(file)] !== undefined ? file : null;
  } catch {
    return null;
  }
}
