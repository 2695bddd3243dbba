import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { choosePublished, listPublishedModels } from './published-models.ts';
import { type CatalogueServer, publishCompressed, startCatalogueServer } from './testing/catalogue-server.ts';

let server: CatalogueServer;
beforeAll(async () => { server = await startCatalogueServer(); });
afterAll(() => server.close());
beforeEach(() => { server.records = []; });

const bytes = (text: string): Uint8Array => Buffer.from(text);
const PATIENCE = { tries: 3, firstDelay: 1 };
const list = (): ReturnType<typeof listPublishedModels> => listPublishedModels({ address: server.address, patience: PATIENCE, stallSeconds: 120 });
function publish(from: string, to: string, version: string, size: string, types = ['model', 'vocab', 'lex']): void {
  for (const type of types) publishCompressed(server, { name: `${type}.${from}${to}.${size}.bin`, bytes: bytes(`${type} ${from} ${to} ${version} ${size}`), type, from, to, size, version });
}

describe('the list of published models', () => {
  it('has the newest complete version of each pair and size', async () => {
    publish('en', 'pt', '3.0', 'tiny');
    publish('en', 'pt', '3.1', 'tiny');
    publish('en', 'pt', '3.2a1', 'tiny');
    publish('en', 'pt', '3.10', 'tiny', ['model', 'lex']);
    publish('en', 'pt', '3.0', 'base-memory');
    publish('en', 'zh-Hans', '3.0', 'base', ['model', 'srcvocab', 'trgvocab']);
    publish('de', 'en', '3.0', 'tiny', ['lex', 'vocab']);
    const models = await list();
    expect(models.map(({ id, from, to, size, version }) => [id, from, to, size, version])).toEqual([
      ['en-pt-base-memory-3.0', 'en', 'pt', 'base-memory', '3.0'], ['en-pt-tiny-3.1', 'en', 'pt', 'tiny', '3.1'], ['en-zh-Hans-base-3.0', 'en', 'zh-Hans', 'base', '3.0'],
    ]);
    const chinese = models[2];
    expect(chinese?.files.map(({ name, compression }) => [name, compression])).toEqual([['model.enzh-Hans.base.bin', 'zstd'], ['srcvocab.enzh-Hans.base.bin', 'zstd'], ['trgvocab.enzh-Hans.base.bin', 'zstd']]);
    expect(chinese).toMatchObject({ licence: 'MPL-2.0', source: `${server.address}/buckets/main/collections/translations-models-v2`, installedBytes: 'model en zh-Hans 3.0 base'.length + 2 * 'srcvocab en zh-Hans 3.0 base'.length });
    expect(chinese?.files[0]?.address).toBe(`${new URL(server.address).origin}/attachments/main/translations-models-v2/model.enzh-Hans.base.bin.zst`);
  });

  it('leaves out what is not for everybody and what reaches out of its folder or server', async () => {
    publish('en', 'pt', '3.0', 'tiny');
    const honest = await list();
    const [template] = server.records;
    const record = (change: object): unknown => ({ ...(template as object), version: '3.9', ...change });
    const attachment = (change: object): object => ({ attachment: { ...(template as { attachment: object }).attachment, ...change } });
    server.records.push(
      record({ filter_expression: 'env.channel == "nightly"' }), record({ name: '../../model.bin' }), record({ name: '.hidden' }), record(attachment({ location: 'https://elsewhere.example/model.bin' })),
      record(attachment({ hash: 'zz' })), record(attachment({ size: -1 })), record({ attachment: null }), null, 7, 'text', [], { deleted: true, id: 'x' },
    );
    expect(await list()).toEqual(honest);
  });

  it('reads the older collection of plain files', async () => {
    for (const type of ['model', 'vocab']) server.records.push({ name: `${type}.deen.bin`, fromLang: 'de', toLang: 'en', version: '1.0', fileType: type, attachment: { hash: 'a'.repeat(64), size: 5, filename: `${type}.deen.bin`, location: `main/${type}.deen.bin` } });
    expect(await list()).toMatchObject([{ id: 'de-en-1.0', size: null, downloadBytes: 10, installedBytes: 10, files: [{ name: 'model.deen.bin', compression: 'none', installedSha256: 'a'.repeat(64) }, { name: 'vocab.deen.bin' }] }]);
  });

  it('waits for a server that is not ready, and says when one gives no list', async () => {
    publish('en', 'pt', '3.0', 'tiny');
    server.troubles.set('records', [{ kind: 'status', status: 500 }, { kind: 'status', status: 503 }]);
    expect(await list()).toHaveLength(1);
    server.troubles.set('records', [{ kind: 'body', body: bytes('<html>Sign in to the hotel</html>') }]);
    await expect(list()).rejects.toMatchObject({ code: 'MODEL_MISSING', message: expect.stringContaining('does not answer with a list of models') });
    server.troubles.set('records', Array.from({ length: 3 }, () => ({ kind: 'status', status: 500 }) as const));
    await expect(list()).rejects.toMatchObject({ code: 'MODEL_MISSING', message: expect.stringContaining('answers 500') });
    const gone = await startCatalogueServer();
    await gone.close();
    await expect(listPublishedModels({ address: gone.address, patience: PATIENCE })).rejects.toMatchObject({ code: 'MODEL_MISSING', message: expect.stringContaining(`${new URL(gone.address).host} can't be reached`), advice: expect.stringContaining('HTTPS_PROXY') });
    await expect(listPublishedModels({ address: 'ftp://example.org' })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});

describe('what is asked for', () => {
  it('is an id, or a pair in its best size', async () => {
    publish('en', 'pt', '3.0', 'tiny');
    publish('en', 'pt', '3.0', 'base-memory');
    publish('en', 'zh-Hans', '3.0', 'tiny');
    const models = await list();
    expect(['en-pt-tiny-3.0', 'en-pt', 'enpt', 'en:pt-BR', 'en-zh-Hans', 'en:zh-CN'].map((wish) => choosePublished(models, wish).id)).toEqual(
      ['en-pt-tiny-3.0', 'en-pt-base-memory-3.0', 'en-pt-base-memory-3.0', 'en-pt-base-memory-3.0', 'en-zh-Hans-tiny-3.0', 'en-zh-Hans-tiny-3.0']);
    expect(() => choosePublished(models, 'pt-en')).toThrow('No model pt-en is published.');
  });
});
