import { expect, test } from 'vitest';
import { StudioError } from '../../../contract/errors.ts';
import { attributeRange, escapeAttribute, escapeText, readXml, type XmlEvent } from './xml-events.ts';

function events(source: string): XmlEvent[] {
  const seen: XmlEvent[] = [];
  readXml(source, { name: 'test.xml' }, (event) => seen.push(event));
  return seen;
}
const codeOf = (run: () => void): string | undefined => {
  try { run(); } catch (error) { return error instanceof StudioError ? error.code : String(error); }
  return undefined;
};

const SOURCE = '\uFEFF<?xml version="1.0"?>\r\n<!DOCTYPE a SYSTEM "x.dtd">\n<a x="1>2">t\r\n&amp;\u{1F600}<b/><!-- c -->u<![CDATA[d]]>v<?pi z?>e</a>\n';

test('events cover the source without gap or overlap, with raw offsets', () => {
  const seen = events(SOURCE);
  let at = 0;
  const raw: string[] = [];
  for (const event of seen) {
    expect(event.start).toBe(at);
    at = event.end;
    raw.push(`${event.kind} ${SOURCE.slice(event.start, event.end)}`);
  }
  expect(at).toBe(SOURCE.length);
  expect(raw).toEqual([
    'declaration \uFEFF<?xml version="1.0"?>', 'text \r\n', 'doctype <!DOCTYPE a SYSTEM "x.dtd">', 'text \n', 'open <a x="1>2">', 'text t\r\n&amp;\u{1F600}',
    'open <b/>', 'close ', 'comment <!-- c -->', 'text u', 'cdata <![CDATA[d]]>', 'text v', 'pi <?pi z?>', 'text e', 'close </a>', 'text \n',
  ]);
});

test('namespaces follow the declarations in force', () => {
  const named = events('<p:a xmlns:p="urn:1"><b xmlns="urn:2"><p:c xmlns:p="urn:3"/><d/></b><e/></p:a>').filter((e) => e.kind === 'open');
  expect(named.map((e) => (e.kind === 'open' ? `${e.ns}|${e.local}` : ''))).toEqual(['urn:1|a', 'urn:2|b', 'urn:3|c', 'urn:2|d', '|e']);
});

test('hostile and broken input is refused with its code', () => {
  expect(codeOf(() => events('<a><b></a>'))).toBe('FORMAT_BROKEN');
  expect(codeOf(() => events('<!DOCTYPE a [<!ENTITY x "y">]><a/>'))).toBe('FORMAT_LIMIT');
  expect(codeOf(() => events('<a>'.repeat(300) + '</a>'.repeat(300)))).toBe('FORMAT_LIMIT');
  expect(codeOf(() => events(`<a ${Array.from({ length: 1001 }, (_, i) => `a${i}=""`).join(' ')}/>`))).toBe('FORMAT_LIMIT');
  expect(codeOf(() => events(''))).toBe('FORMAT_BROKEN');
});

test('attribute values are found where they stand', () => {
  const source = `<x/><a b = 'one' xml:b="two>" c=""/>`;
  const tag = { start: 4, end: source.length };
  const slice = (name: string) => { const range = attributeRange(source, tag, name); return range && source.slice(range.start, range.end); };
  expect([slice('b'), slice('xml:b'), slice('c'), slice('d')]).toEqual(['one', 'two>', '', null]);
});

test('what is escaped reads back as it was', () => {
  const text = `a & <b> ]]> "q" 'r'\ttab\nline`;
  const [open, chars] = events(`<a x="${escapeAttribute(text)}">${escapeText(text)}</a>`);
  expect(open?.kind === 'open' && open.attributes['x']).toBe(text);
  expect(chars?.kind === 'text' && chars.text).toBe(text);
  expect(escapeText('a\u0000b\ud800c')).toBe('a\ufffdb\ufffdc');
});
