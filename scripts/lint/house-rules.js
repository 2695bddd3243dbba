/** Lint rules of this house: the layers, and the database files that only one module may touch. */
import { dirname, join, relative, resolve, sep } from 'node:path';
import { layers } from './layers-table.ts';

const root = join(import.meta.dirname, '..', '..');
const inRepository = (path) => relative(root, path).split(sep).join('/');

/** Tests, and what is there for tests only (a folder `testing`): they may import what they like. The bundle guard sees to it that nothing of them is shipped. */
const isForTests = (path) => /\.test\.[jt]s$|\/testing\//.test(path);

const starts = (path, prefixes) => prefixes.some((prefix) => path.startsWith(prefix));
const matches = (name, patterns) => patterns.some((pattern) => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern));

/** Every import of a file is in the table. */
const layerRule = {
  meta: {
    type: 'problem', schema: [],
    messages: {
      outside: "'{{files}}' may not import '{{target}}'. The table is in scripts/lint/layers-table.ts.",
      typesOnly: "'{{files}}' may import only types of '{{target}}' (import type).",
      computed: 'An import whose name is computed escapes the table of layers.',
    },
  },
  create(context) {
    const here = inRepository(context.filename);
    const layer = layers.find(({ files }) => here.startsWith(files));
    if (!layer || isForTests(here)) return {};

    function check(node, typeOnly) {
      if (!node.source) return;
      const name = node.source.value;
      if (typeof name !== 'string') { context.report({ node, messageId: 'computed' }); return; }
      const data = { files: layer.files, target: name };
      if (!name.startsWith('.')) {
        if (!matches(name, layer.packages)) context.report({ node, messageId: 'outside', data });
        return;
      }
      const target = inRepository(resolve(dirname(context.filename), name));
      if (starts(target, layer.may)) return;
      const typesAllowed = starts(target, layer.types ?? []);
      if (!typesAllowed) context.report({ node, messageId: 'outside', data });
      else if (!typeOnly) context.report({ node, messageId: 'typesOnly', data });
    }
    return {
      ImportDeclaration: (node) => { check(node, node.importKind === 'type'); },
      ExportNamedDeclaration: (node) => { check(node, node.exportKind === 'type'); },
      ExportAllDeclaration: (node) => { check(node, node.exportKind === 'type'); },
      ImportExpression: (node) => { check(node, false); },
      TSImportType: (node) => { check({ ...node, source: node.source ?? node.argument?.literal }, true); },
    };
  },
};

const FILE_CALLS = /^(open|read|write|append|copy|cp|rename|rm|unlink|truncate|createReadStream|createWriteStream|link|symlink)/;
const DATABASE_NAME = /\.(db|bitext)$|-(wal|shm|journal)$/;

/**
 * Closing a second descriptor of a database file drops SQLite's locks on it (sqlite.org/howtocorrupt.html, section 2.2), and a
 * copy of a live one is torn: only app/core/db opens, copies, renames or deletes them.
 */
const databaseFilesRule = {
  meta: { type: 'problem', schema: [], messages: { touched: 'Database files are opened, copied, renamed and deleted in app/core/db only.' } },
  create(context) {
    const here = inRepository(context.filename);
    if (here.startsWith('app/core/db/') || isForTests(here) || here.startsWith('e2e/') || here.startsWith('scripts/')) return {};
    const ending = (node) => (node.type === 'Literal' ? String(node.value) : node.type === 'TemplateLiteral' ? node.quasis.at(-1).value.cooked : node.type === 'BinaryExpression' ? ending(node.right) : node.type === 'CallExpression' ? (node.arguments.length > 0 ? ending(node.arguments.at(-1)) : '') : '');
    return {
      CallExpression(node) {
        const callee = node.callee.type === 'MemberExpression' ? node.callee.property.name : node.callee.name;
        if (typeof callee !== 'string' || !FILE_CALLS.test(callee)) return;
        for (const argument of node.arguments) if (DATABASE_NAME.test(ending(argument))) context.report({ node: argument, messageId: 'touched' });
      },
    };
  },
};

export const house = { rules: { layers: layerRule, 'database-files': databaseFilesRule } };
