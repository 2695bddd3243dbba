/** The units of a Markdown document: paragraphs, headings, table cells, titles and descriptions, front matter, text in HTML blocks. */
import { writingOf } from '../html/escape.ts';
import { findUnits as findHtmlUnits } from '../html/find-units.ts';
import { scanHtml } from '../html/scan.ts';
import { inlineText } from '../inline-pieces.ts';
import type { FoundUnit } from '../placed-units.ts';
import { frontMatterUnits } from './front-matter.ts';
import { readBlock, titles } from './inline.ts';
import { layOutRuns, type Care, type Layout, type Wrap } from './layout.ts';
import type { MarkdownNode } from './syntax-tree.ts';

/** Blocks of text: token -> role. */
const TEXTS: Readonly<Record<string, string>> = { paragraph: 'p', atxHeadingText: 'heading', setextHeadingText: 'heading', tableHeader: 'th', tableData: 'td' };

/** Units of a document. `careOf(start)` says how the unit that begins at an offset is written. */
export function findUnits(text: string, tree: readonly MarkdownNode[], encoding: string, careOf: (start: number) => Care): FoundUnit[] {
  const found: FoundUnit[] = [];
  const visit = (nodes: readonly MarkdownNode[]): void => {
    for (const node of nodes) {
      const role = TEXTS[node.type];
      if (role !== undefined) {
        const content = readBlock(text, node.children.flatMap((child) => (child.type === 'tableContent' ? child.children : /^tableCellDivider$/.test(child.type) ? [] : [child])));
        const words = inlineText(text, content.pieces);
        found.push(...content.inner);
        if (!words) continue;
        const { source, tags, spans, start, end, around } = words;
        const labels = tags.map(({ label }) => label), layout = layoutOf(text, node, start, end);
        found.push({ start, end, inner: false, unit: { source, tags, role, segmented: false, ...(around.length > 0 && { around }) }, render: (target, markup) => layOutRuns(target, labels, spans, markup, layout, careOf(start)) });
      } else if (node.type === 'definition') found.push(...titles(text, node.children));
      else if (node.type === 'yaml' || node.type === 'toml') found.push(...frontMatterUnits(text, node));
      else if (node.type === 'htmlFlow') found.push(...htmlUnits(text, node, encoding));
      else visit(node.children);
    }
  };
  visit(tree);
  return found;
}

/** A paragraph of several lines is wrapped again, unless its lines end in hard breaks only. */
function layoutOf(text: string, { type }: MarkdownNode, start: number, end: number): Layout {
  const cell = type === 'tableHeader' || type === 'tableData', heading = type === 'atxHeadingText';
  const wrap = cell || heading ? undefined : wrapOf(text, start, end);
  return { cell, heading, ...(wrap && { wrap }) };
}

function wrapOf(text: string, start: number, end: number): Wrap | undefined {
  const lines = text.slice(start, end).split(/\r\n|[\n\r]/);
  if (lines.length < 2 || lines.slice(0, -1).every((line) => /( {2}|\\)$/.test(line))) return undefined;
  const newLine = /(?:\r\n|[\n\r])[ \t>]*/.exec(text.slice(start, end))?.[0];
  if (newLine === undefined) return undefined;
  const column = start - Math.max(text.lastIndexOf('\n', start - 1), text.lastIndexOf('\r', start - 1)) - 1;
  return { newLine, column, width: Math.max((lines[0]?.length ?? 0) + column, ...lines.slice(1).map((line) => line.trimEnd().length)) };
}

/** Text in an HTML block, when no quote marks stand between its lines. */
function htmlUnits(text: string, node: MarkdownNode, encoding: string): FoundUnit[] {
  if (node.children.some(({ type }) => type === 'blockQuotePrefix')) return [];
  const { start, end } = node;
  return findHtmlUnits(text, scanHtml(text.slice(start, end), start), writingOf(text, encoding));
}
