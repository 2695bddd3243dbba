/** A local server with the address layout of Remote Settings that publishes made-up models and can be told to misbehave. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { zstdCompressSync } from 'node:zlib';

/** What the server does instead of a proper answer; each is used up by one request. */
export type Trouble =
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** Ends the connection after so many bytes of the body. */
  | { readonly kind: 'cut'; readonly after: number; readonly ignoreRange?: boolean }
  | { readonly kind: 'ignore-range' }
  /** Sends so many bytes and then nothing more. */
  | { readonly kind: 'stall'; readonly after: number }
  | { readonly kind: 'redirect' }
  | { readonly kind: 'body'; readonly body: Uint8Array };

export interface CatalogueServer {
  readonly address: string;
  /** `GET path range` of every request for an attachment. */
  readonly asked: string[];
  /** Awaiting troubles by the name of the file that is asked for; `records` for the list. */
  readonly troubles: Map<string, Trouble[]>;
  /** Called after each piece of a body with the bytes sent of it. */
  onSent: (name: string, bytes: number) => void;
  /** Bytes that the client says it has: a connection is cut when they are as many as were sent. */
  received: number;
  records: unknown[];
  publish(name: string, bytes: Uint8Array): void;
  close(): Promise<void>;
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Starts on a free port of the loopback interface. Bodies go out in pieces of 1,000 bytes. */
export async function startCatalogueServer(): Promise<CatalogueServer> {
  const files = new Map<string, Uint8Array>();
  const server = createServer((request, response) => { void answer(request, response); });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const catalogue: CatalogueServer = {
    address: `http://127.0.0.1:${port}/v1`, asked: [], troubles: new Map(), records: [], received: 0, onSent: () => undefined,
    publish: (name, bytes) => { files.set(name, bytes); },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', catalogue.address);
    const moved = url.searchParams.has('moved');
    const name = url.pathname.startsWith('/attachments/') ? path.basename(url.pathname) : url.pathname.endsWith('/changeset') ? 'records' : 'root';
    if (name !== 'records' && name !== 'root') catalogue.asked.push(`${name} ${request.headers.range ?? 'whole'}`);
    const trouble = moved ? undefined : catalogue.troubles.get(name)?.shift();
    if (trouble?.kind === 'status') return void response.writeHead(trouble.status, trouble.headers).end('no');
    if (trouble?.kind === 'redirect') return void response.writeHead(302, { location: `${url.pathname}?moved` }).end();
    if (name === 'root') return json(response, { capabilities: { attachments: { base_url: `http://127.0.0.1:${port}/attachments/` } } });
    if (name === 'records' && trouble?.kind !== 'body') return json(response, { changes: catalogue.records, timestamp: 1 });
    const whole = trouble?.kind === 'body' ? trouble.body : files.get(name);
    if (whole === undefined) return void response.writeHead(404).end();
    const ignoreRange = trouble?.kind === 'ignore-range' || (trouble?.kind === 'cut' && trouble.ignoreRange === true);
    const start = ignoreRange ? 0 : Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    if (start >= whole.length && start > 0) return void response.writeHead(416).end();
    response.writeHead(start > 0 ? 206 : 200, { 'content-length': whole.length - start, ...(start > 0 ? { 'content-range': `bytes ${start}-${whole.length - 1}/${whole.length}` } : {}) });
    const end = trouble?.kind === 'cut' || trouble?.kind === 'stall' ? Math.min(whole.length, start + trouble.after) : whole.length;
    for (let at = start; at < end; at += 1000) {
      await new Promise((resolve) => { response.write(whole.subarray(at, Math.min(end, at + 1000)), resolve); });
      catalogue.onSent(name, Math.min(end, at + 1000));
      await new Promise(setImmediate);
    }
    if (trouble?.kind === 'cut') {
      // What has arrived but was not read yet would be lost with the connection.
      for (let waits = 0; waits < 6000 && catalogue.received < end; waits++) await setTimeout(10);
      response.destroy();
    } else if (trouble?.kind !== 'stall') response.end();
  }
  return catalogue;
}

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

/** A record of translations-models-v2 for a file, published compressed under `NAME.zst`. */
export function publishCompressed(server: CatalogueServer, file: { readonly name: string; readonly bytes: Uint8Array; readonly type: string; readonly from: string; readonly to: string; readonly size?: string; readonly version?: string }): Record<string, unknown> {
  const packed = zstdCompressSync(file.bytes), filename = `${file.name}.zst`;
  server.publish(filename, packed);
  const record = {
    name: file.name, sourceLanguage: file.from, targetLanguage: file.to, architecture: file.size ?? 'tiny', version: file.version ?? '3.0', fileType: file.type, filter_expression: '',
    decompressedSize: file.bytes.length, decompressedHash: sha256(file.bytes), id: filename, schema: 1, last_modified: 1,
    attachment: { filename, location: `main/translations-models-v2/${filename}`, hash: sha256(packed), mimetype: 'application/zstd', size: packed.length },
  };
  server.records.push(record);
  return record;
}

/** Publishes the files of a model folder whose names end in `.PAIR.` and the like. */
export function publishFolder(server: CatalogueServer, folder: string, from: string, to: string): void {
  for (const name of readdirSync(folder)) publishCompressed(server, { name, bytes: readFileSync(path.join(folder, name)), type: name.split('.')[0] ?? '', from, to });
}
