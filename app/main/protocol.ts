/** The window's files come over app://bitext/, out of the built renderer folder and nothing else. */
import { protocol, type Session } from 'electron';
import { readFile } from 'node:fs/promises';
import { fileOf, typeOf } from './window-files.ts';

/** No network, no inline code, no frames; text becomes markup only through the one policy of the component framework. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data: blob:", "font-src 'self'", "connect-src 'none'", "worker-src 'self'",
  "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "object-src 'none'",
  "require-trusted-types-for 'script'", 'trusted-types svelte-trusted-html',
].join('; ');

/** Before the app is ready: app:// is a standard, secure scheme. It never bypasses the content security policy. */
export function declareScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } }]);
}

export function serveWindowFiles(session: Session, folder: string): void {
  session.protocol.handle('app', async (request) => {
    const file = request.method === 'GET' ? fileOf(request.url, folder) : null;
    if (file === null) return new Response(null, { status: 400 });
    try {
      return new Response(new Uint8Array(await readFile(file)), {
        headers: {
          'content-type': typeOf(file), 'content-security-policy': CONTENT_SECURITY_POLICY,
          'x-content-type-options': 'nosniff', 'cross-origin-opener-policy': 'same-origin', 'referrer-policy': 'no-referrer',
        },
      });
    } catch {
      return new Response(null, { status: 404 });
    }
  });
}
