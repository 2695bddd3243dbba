/** The receipt as one self-contained page: readable in any browser, offline, light and dark, printable. */
import type { Receipt, ReceiptFile } from '../../contract/shapes/delivery.ts';

const KINDS: Readonly<Record<ReceiptFile['kind'], string>> = { document: 'Document', xliff12: 'XLIFF 1.2', xliff21: 'XLIFF 2.1', tmx: 'TMX', html: 'Bilingual HTML', tsv: 'TSV' };

const STYLE = `
:root{color-scheme:light dark;--bg:#f6f5f2;--surface:#fff;--ink:#1d1c1a;--muted:#6d6a63;--line:#e3e0d9;--ok:#2c7a4b;--warn:#9a5b00;--bad:#b3261e}
@media (prefers-color-scheme:dark){:root{--bg:#171614;--surface:#1f1e1b;--ink:#ecebe7;--muted:#a09c93;--line:#35332e;--ok:#7fd19b;--warn:#f0b35a;--bad:#ff9a90}}
body{margin:0;padding:32px;background:var(--bg);color:var(--ink);font:14px/21px system-ui,"Segoe UI","Noto Sans",sans-serif}
main{max-width:1100px;margin:auto}h1{font-size:22px;line-height:30px;margin:0 0 4px}h2{font-size:15px;margin:28px 0 8px}
p,dl{margin:0 0 16px;color:var(--muted)}dl{display:flex;flex-wrap:wrap;gap:4px 28px}dt{display:inline}dd{display:inline;margin:0 0 0 6px;color:var(--ink);font-variant-numeric:tabular-nums}
.verdict{font-weight:600;color:var(--ok)}.verdict.failed{color:var(--bad)}
table{width:100%;border-collapse:collapse;background:var(--surface);border:1px solid var(--line)}th,td{padding:6px 10px;text-align:start;vertical-align:top;border-bottom:1px solid var(--line)}
th{font-size:12px;color:var(--muted);font-weight:600}td.n{text-align:end;font-variant-numeric:tabular-nums}code{font:12px/18px ui-monospace,"Noto Sans Mono",monospace;color:var(--muted);overflow-wrap:anywhere}
.ok{color:var(--ok)}.error{color:var(--bad)}.warning{color:var(--warn)}.note{color:var(--muted)}ul{margin:4px 0 0;padding-left:18px}
@media print{body{background:none;padding:0}}`;

const escape = (text: string | number): string => String(text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;').replace(/'/g, '&#39;');
/** More findings of one file than this are in the JSON receipt alone. */
const SHOWN = 200;

/** Complete HTML document; every text of the project is escaped, no script, no external resource. */
export function receiptPage(receipt: Receipt): string {
  const sum = (pick: (file: ReceiptFile) => number): number => receipt.files.filter(({ kind }) => kind === 'document').reduce((total, file) => total + pick(file), 0);
  const bad = receipt.files.filter(({ ok }) => !ok).length + receipt.failures.length;
  const verdict = receipt.ok ? `Complete: all ${receipt.files.length} files were opened again and hold what the project holds.` : `${bad} of ${receipt.files.length + receipt.failures.length} files need attention.`;
  const facts: readonly (readonly [string, string])[] = [
    ['Languages', `${receipt.from} → ${receipt.to}`], ['Created', receipt.created], ['Segments', sum(({ segments, untranslated }) => segments + untranslated).toLocaleString('en')],
    ['Words', sum(({ words }) => words).toLocaleString('en')], ['Untranslated', sum(({ untranslated }) => untranslated).toLocaleString('en')], ['Model', receipt.model ?? 'none'], ['Program', `Bitext Studio ${receipt.studio}`],
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Receipt: ${escape(receipt.project)}</title><style>${STYLE}</style></head><body><main>
<h1>Receipt: ${escape(receipt.project)}</h1>
<p class="verdict${receipt.ok ? '' : ' failed'}">${escape(verdict)}</p>
<dl>${facts.map(([name, value]) => `<div><dt>${name}</dt><dd>${escape(value)}</dd></div>`).join('')}</dl>
${receipt.failures.length === 0 ? '' : `<h2>Not delivered</h2><table><thead><tr><th>File</th><th>Reason</th><th>What to do</th></tr></thead><tbody>${receipt.failures.map((failure) => `<tr><td>${escape(failure.path)}</td><td class="error">${escape(failure.message)} <code>${escape(failure.code)}</code></td><td>${escape(failure.advice)}</td></tr>`).join('')}</tbody></table>`}
<h2>Delivered</h2>
<table><thead><tr><th>File</th><th>Kind</th><th>Segments found</th><th>Tags found</th><th>Bytes</th><th>Result</th></tr></thead>
<tbody>${receipt.files.map(row).join('\n')}</tbody></table>
</main></body></html>
`;
}

function row(file: ReceiptFile): string {
  const findings = file.findings.slice(0, SHOWN).map(({ severity, message }) => `<li class="${severity}">${escape(message)}</li>`).join('');
  const more = file.findings.length > SHOWN ? `<li class="note">and ${file.findings.length - SHOWN} more, in the JSON receipt</li>` : '';
  return `<tr><td>${escape(file.target)}<br><code>sha256 ${escape(file.targetSha256)}</code><br><code>source ${escape(file.sourceSha256)}</code>${findings ? `<ul>${findings}${more}</ul>` : ''}</td>`
    + `<td>${KINDS[file.kind]}</td><td class="n">${file.found.toLocaleString('en')} / ${file.segments.toLocaleString('en')}</td><td class="n">${file.tagsFound.toLocaleString('en')} / ${file.tags.toLocaleString('en')}</td>`
    + `<td class="n">${file.bytes.toLocaleString('en')}</td><td class="${file.ok ? 'ok' : 'error'}">${file.ok ? 'complete' : 'check'}</td></tr>`;
}
