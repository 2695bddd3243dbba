import { createHash } from 'node:crypto';
import { defaultTreeAdapter, parse, type DefaultTreeAdapterTypes } from 'parse5';
import { expect, test } from 'vitest';
import { EXAMPLE, OPTIONS } from './testing/example-documents.ts';
import { writeBilingual } from './registry.ts';

function elements(root: DefaultTreeAdapterTypes.ParentNode): DefaultTreeAdapterTypes.Element[] {
  return root.childNodes.filter((node) => defaultTreeAdapter.isElementNode(node)).flatMap((element) => [element, ...elements(element)]);
}

test('nothing that a document says can run, load or leave the page', () => {
  const payload = `"><script>alert(1)</script><img src=x onerror=alert(1)>'</td></style><b style="x" onclick='y'>&lt;`;
  const [first] = EXAMPLE;
  if (!first) throw new Error('no example');
  const page = Buffer.from(writeBilingual('html', [{
    ...first, file: payload, from: 'en', to: payload,
    units: [{ id: payload, role: payload, note: payload, tags: [{ tag: 1, label: payload.slice(0, 24), open: payload, close: payload, canDelete: true, canCopy: true }], gapAfter: [], segments: [
      { id: 1, source: [{ tag: 1, kind: 'open' }, payload, { tag: 1, kind: 'close' }], target: [payload], state: 'draft', locked: true, origin: { kind: 'mt', model: payload, score: null }, gapBefore: [] },
    ] }],
  }], { studio: payload, created: payload })).toString('utf8');
  const found = elements(parse(page));
  expect(found.filter(({ tagName }) => tagName === 'script' || tagName === 'style').length).toBe(2);
  expect(found.filter(({ tagName }) => ['img', 'link', 'iframe', 'a', 'object', 'embed', 'base'].includes(tagName))).toEqual([]);
  expect(found.flatMap(({ attrs }) => attrs).filter(({ name }) => /^on|^style$|^src$|^href$/.test(name))).toEqual([]);
});

test('the policy names the style and the script by their hashes, and lets nothing else in', () => {
  const found = elements(parse(Buffer.from(writeBilingual('html', EXAMPLE, OPTIONS)).toString('utf8')));
  const policy = found.flatMap(({ attrs }) => attrs).find(({ value }) => value.startsWith('default-src'))?.value;
  const hash = (tag: string): string => {
    const [text] = found.find(({ tagName }) => tagName === tag)?.childNodes ?? [];
    return createHash('sha256').update(text && defaultTreeAdapter.isTextNode(text) ? text.value : '').digest('base64');
  };
  expect(policy).toBe(`default-src 'none'; style-src 'sha256-${hash('style')}'; script-src 'sha256-${hash('script')}'; base-uri 'none'; form-action 'none'`);
});

test('files are headed, languages are marked, and each row bears its segment', () => {
  const found = elements(parse(Buffer.from(writeBilingual('html', EXAMPLE, OPTIONS)).toString('utf8')));
  const text = (element: DefaultTreeAdapterTypes.Element): string => element.childNodes.map((node) => (defaultTreeAdapter.isTextNode(node) ? node.value : defaultTreeAdapter.isElementNode(node) ? text(node) : '')).join('');
  expect(found.filter(({ tagName }) => tagName === 'h2').map(text)).toEqual(['manual/Ünïts & "more".docx', 'page.html']);
  expect(found.filter(({ tagName }) => tagName === 'tr').map(({ attrs }) => attrs.find(({ name }) => name === 'id')?.value)).toEqual([undefined, 'segment-11', 'segment-12', 'segment-13', 'segment-14', undefined, 'segment-15', 'segment-16']);
  expect(new Set(found.filter(({ tagName }) => tagName === 'td').flatMap(({ attrs }) => attrs.filter(({ name }) => name === 'lang').map(({ value }) => value)))).toEqual(new Set(['en', 'pt-BR']));
});
