/** Whether an Office package is whole: every XML part well-formed, every part declared, every relationship with its end. */
import { posix } from 'node:path';
import type { Finding } from '../../contract/shapes/segment.ts';
import { toStudioError } from '../../contract/errors.ts';
import { elements, parseXml, type XmlElement } from '../formats/xml/xml-tree.ts';
import { readPackage } from '../formats/zip/read-package.ts';

/**
 * Checks of ECMA-376 part 2 (Open Packaging Conventions) that Word makes before it offers to repair a file: sections 9.1
 * (part names and content types) and 9.3 (relationships). Faults that the source had too are not findings of the delivery.
 */
export async function packageFaults(delivered: Uint8Array, source: Uint8Array): Promise<Finding[]> {
  const before = new Set(await faultsOf(source).catch(() => []));
  return (await faultsOf(delivered)).filter((fault) => !before.has(fault)).map((message) => ({ code: 'schema-invalid', severity: 'error', message }));
}

async function faultsOf(bytes: Uint8Array): Promise<string[]> {
  const { entries } = await readPackage(bytes, { what: 'delivered package', keep: (name) => /\.(xml|rels)$/i.test(name) });
  const faults: string[] = [];
  const names = new Set(entries.filter((entry) => !entry.directory).map((entry) => entry.name));
  const parts = new Map<string, XmlElement>();
  for (const { name, bytes: content } of entries) {
    if (!content || !/\.(xml|rels)$/i.test(name)) continue;
    try {
      parts.set(name, parseXml(new TextDecoder(content[0] === 0xff || content[1] === 0 ? 'utf-16le' : 'utf-8').decode(content), { name, entities: 'ignore' }).root);
    } catch (error) {
      faults.push(toStudioError(error).message);
    }
  }
  const types = parts.get('[Content_Types].xml');
  if (!types) return [...faults, 'The package has no [Content_Types].xml.'];
  const defaults = new Set(elements(types, 'Default').map((node) => (node.attributes['Extension'] ?? '').toLowerCase()));
  const overrides = new Set(elements(types, 'Override').map((node) => node.attributes['PartName'] ?? ''));
  for (const name of names) {
    if (name !== '[Content_Types].xml' && !overrides.has(`/${name}`) && !defaults.has(posix.extname(name).slice(1).toLowerCase())) faults.push(`${name} has no content type.`);
  }
  for (const [name, root] of parts) {
    if (!name.endsWith('.rels')) continue;
    const owner = posix.join(posix.dirname(posix.dirname(name)), posix.basename(name, '.rels'));
    const ids = new Set<string>();
    for (const relationship of elements(root, 'Relationship')) {
      const id = relationship.attributes['Id'] ?? '', target = relationship.attributes['Target'] ?? '';
      if (ids.has(id)) faults.push(`${name} has two relationships named ${id}.`);
      ids.add(id);
      if (relationship.attributes['TargetMode'] === 'External' || target.startsWith('#')) continue;
      const path = target.startsWith('/') ? target.slice(1) : posix.join(posix.dirname(owner), target);
      if (!names.has(decodeURI(path.split('#')[0] ?? path))) faults.push(`${name} points to ${path}, which is not in the package.`);
    }
  }
  return faults;
}
