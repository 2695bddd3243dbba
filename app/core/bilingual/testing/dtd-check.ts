/** Validity against a DTD without parameter entities in content models, for tests: XML 1.0 sections 3.2 and 3.3. */
import { descendants, elements, type XmlElement } from '../../formats/xml/xml-tree.ts';

/** What is wrong, as sentences; empty when the document is valid. */
export function dtdProblems(root: XmlElement, dtd: string): string[] {
  const declarations = dtd.replace(/<!--[\s\S]*?-->/g, '');
  const entities = new Map([...declarations.matchAll(/<!ENTITY\s+%\s+(\S+)\s+"([^"]*)"/g)].map(([, name, value]) => [name, value]));
  const plain = declarations.replace(/%(\w+);/g, (_, name: string) => entities.get(name) ?? '');
  const models = new Map([...plain.matchAll(/<!ELEMENT\s+(\S+)\s+([^>]+?)\s*>/g)].map(([, name, model]) => [name, model ?? '']));
  const attributes = new Map([...plain.matchAll(/<!ATTLIST\s+(\S+)\s+([^>]+?)\s*>/g)].map(([, name, list = '']) =>
    [name, [...list.matchAll(/(\S+)\s+(CDATA|\([^)]*\))\s+(#REQUIRED|#IMPLIED|#FIXED\s+"[^"]*")/g)].map(([, attribute = '', type = '', use = '']) => ({ attribute, type, use }))]));
  const problems: string[] = [];
  for (const element of descendants(root)) {
    const model = models.get(element.name);
    if (model === undefined) { problems.push(`<${element.name}> is not declared`); continue; }
    const mixed = model.includes('#PCDATA');
    const text = element.children.some((node) => node.kind === 'text' && (mixed ? false : node.text.trim() !== ''));
    const children = elements(element).map(({ name }) => `${name};`).join('');
    if (text || !contentPattern(model).test(children)) problems.push(`<${element.name}> holds ${children || 'text'}, not ${model}`);
    const declared = attributes.get(element.name) ?? [];
    for (const name of Object.keys(element.attributes)) if (!declared.some(({ attribute }) => attribute === name)) problems.push(`<${element.name}> has ${name}`);
    for (const { attribute, type, use } of declared) {
      const value = element.attributes[attribute];
      if (value === undefined ? use === '#REQUIRED' : type.startsWith('(') && !type.slice(1, -1).split('|').includes(value)) problems.push(`<${element.name}> has ${attribute}=${value}`);
    }
  }
  return problems;
}

function contentPattern(model: string): RegExp {
  if (model === 'EMPTY') return /^$/;
  const pattern = model.replace(/\s+/g, '').replace(/#PCDATA\|?/, '').replace(/[\w.:-]+/g, (name) => `(?:${name};)`).replaceAll(',', '').replace(/\((?!\?)/g, '(?:');
  return new RegExp(`^${pattern === '(?:)' ? '' : pattern}$`);
}
