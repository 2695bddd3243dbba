/** The looks and the one script of a bilingual page; both are named by their hashes in the page's content security policy. */

/** Colours meet WCAG 2.2 AA on both grounds. */
export const STYLE = `
:root { color-scheme: light dark; --ground: #fbfaf8; --card: #ffffff; --ink: #1d2127; --soft: #5a6270; --line: #e3e1dc; --accent: #1f5fa8; --chip: #eaf1fa; --chip-ink: #1c4f8a;
  --not-started: #5a6270; --draft: #8a5a00; --translated: #17693f; --reviewed: #1f5fa8; --rejected: #a8252d; }
@media (prefers-color-scheme: dark) { :root { --ground: #16181c; --card: #1d2025; --ink: #e7e9ec; --soft: #a0a8b4; --line: #31353c; --accent: #86b8f0; --chip: #24344a; --chip-ink: #a9ccf5;
  --not-started: #a0a8b4; --draft: #e3b45c; --translated: #74cf9c; --reviewed: #86b8f0; --rejected: #f2939a; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif; }
header, main { max-width: 88rem; margin: 0 auto; padding: 0 1.5rem; }
header { padding-top: 2.25rem; }
h1 { margin: 0; font-size: 1.6rem; font-weight: 650; letter-spacing: -.01em; }
.about { margin: .25rem 0 1rem; color: var(--soft); }
.bar { display: flex; height: .5rem; border-radius: .25rem; overflow: hidden; background: var(--line); }
.bar svg { display: block; }
.counts { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: .6rem 0 0; padding: 0; list-style: none; font-size: .875rem; }
.find { position: sticky; top: 0; z-index: 2; background: var(--ground); border-bottom: 1px solid var(--line); margin-top: 1rem; }
.find form { max-width: 88rem; margin: 0 auto; padding: .75rem 1.5rem; display: flex; flex-wrap: wrap; gap: .5rem .75rem; align-items: center; }
.find input, .find select { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--soft); border-radius: .4rem; padding: .4rem .65rem; }
.find input { flex: 1 1 16rem; min-width: 0; }
.find output { color: var(--soft); font-size: .875rem; min-width: 9rem; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
h2 { margin: 2rem 0 .5rem; font-size: 1.05rem; font-weight: 600; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: separate; border-spacing: 0; table-layout: fixed; background: var(--card); border: 1px solid var(--line); border-radius: .6rem; }
th, td { text-align: start; vertical-align: top; padding: .55rem .8rem; border-top: 1px solid var(--line); }
thead th { border-top: 0; color: var(--soft); font-size: .8rem; font-weight: 600; }
tbody th { color: var(--soft); font-weight: 400; font-size: .8rem; font-variant-numeric: tabular-nums; }
tr.first > * { border-top-width: 2px; }
thead + tbody tr:first-child > * { border-top-width: 1px; }
col.number { width: 5rem; } col.state { width: 9rem; }
td.text { white-space: pre-wrap; overflow-wrap: anywhere; }
.none { color: var(--soft); font-style: italic; }
.note { display: block; margin: 0 0 .3rem; color: var(--soft); font-size: .8rem; white-space: pre-wrap; }
.tag, .char { display: inline-block; font: 600 .72rem/1.5 ui-monospace, "Cascadia Code", Menlo, Consolas, monospace; font-style: normal; padding: 0 .4em; margin: 0 .1em; background: var(--chip); color: var(--chip-ink); white-space: nowrap; }
.tag.open { border-radius: .7em 0 0 .7em; } .tag.close { border-radius: 0 .7em .7em 0; } .tag.empty, .char { border-radius: .3em; }
.state { font-size: .8rem; font-weight: 600; white-space: nowrap; }
.origin { display: block; color: var(--soft); font-size: .75rem; overflow-wrap: anywhere; }
.not-started { color: var(--not-started); } .draft { color: var(--draft); } .translated { color: var(--translated); } .reviewed { color: var(--reviewed); } .rejected { color: var(--rejected); }
footer { max-width: 88rem; margin: 2rem auto; padding: 0 1.5rem; color: var(--soft); font-size: .8rem; }
[hidden] { display: none !important; }
@media (max-width: 46rem) {
  header, main, .find form { padding-inline: .75rem; }
  table, tbody, tr, td, tbody th { display: block; }
  colgroup, thead { display: none; }
  tr { border-top: 1px solid var(--line); padding-block: .4rem; }
  tr:first-child, tr > * { border-top: 0 !important; }
  td, tbody th { padding-block: .15rem; }
  td.text + td.text { border-inline-start: 3px solid var(--accent); margin-inline-start: .8rem; }
  .origin { display: inline; margin-inline-start: .5rem; }
}
@media print { .find { display: none; } body { background: none; font-size: 10pt; } tr { break-inside: avoid; } }
`;

export const SCRIPT = `
const form = document.querySelector('form'), words = form.elements.words, state = form.elements.state, shown = document.querySelector('output');
const rows = Array.from(document.querySelectorAll('tbody tr'), (row) => ({ row, text: row.textContent.toLocaleLowerCase() }));
const files = Array.from(document.querySelectorAll('section'));
let waiting = 0;
const filter = () => {
  const wanted = words.value.trim().toLocaleLowerCase();
  let count = 0;
  for (const { row, text } of rows) {
    row.hidden = !((state.value === '' || row.dataset.state === state.value) && text.includes(wanted));
    if (!row.hidden) count++;
  }
  for (const file of files) file.hidden = !file.querySelector('tbody tr:not([hidden])');
  shown.textContent = count === rows.length ? rows.length + ' segments' : count + ' of ' + rows.length + ' segments';
};
form.addEventListener('input', () => { clearTimeout(waiting); waiting = setTimeout(filter, 120); });
form.addEventListener('submit', (event) => event.preventDefault());
document.querySelector('.find').hidden = false;
filter();
`;
