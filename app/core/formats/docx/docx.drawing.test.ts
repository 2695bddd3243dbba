import { expect, test } from 'vitest';
import { OPTIONS, showRuns } from '../testing/invariants.ts';
import { docx } from './docx.ts';
import { close, docxParts, open, p, r, unzipped, zipped } from './testing/docx-fixtures.ts';

const A = 'http://schemas.openxmlformats.org/drawingml/2006/main';
const text = (content: string, properties = ''): string => `<a:r><a:rPr lang="en-US"${properties}/><a:t>${content}</a:t></a:r>`;
const cache = (...labels: string[]): string => `<c:strCache>${labels.map((label) => `<c:pt><c:v>${label}</c:v></c:pt>`).join('')}</c:strCache>`;
const CHART = `<c:chartSpace xmlns:c="urn:chart" xmlns:a="${A}"><c:title><a:p><a:pPr/>${text('Widget ')}${text('sales', ' b="1"')}${text(' ', ' dirty="0"')}${text('2025', ' b="1"')}<a:endParaRPr lang="en-US"/></a:p></c:title><c:ser>${cache('North &amp; South', '2024')}</c:ser><c:ser>${cache('North &amp; South')}</c:ser><c:numCache><c:pt><c:v>8.2</c:v></c:pt></c:numCache></c:chartSpace>`;
const DATA = `<dgm:dataModel xmlns:dgm="urn:dgm" xmlns:a="${A}"><dgm:t><a:p>${text('Plan')}</a:p></dgm:t><dgm:t><a:p>${text('Do')}<a:br/>${text('it')}</a:p></dgm:t></dgm:dataModel>`;
const PICTURE = `<dsp:drawing xmlns:dsp="urn:dsp" xmlns:a="${A}"><dsp:t><a:p>${text('Do')}<a:br/>${text('it')}</a:p></dsp:t><dsp:t><a:p>${text('Only here')}</a:p></dsp:t></dsp:drawing>`;
const PARTS = docxParts(p(r('Body')), [{ type: 'chart', name: 'charts/chart1.xml', xml: CHART }, { type: 'diagramData', name: 'diagrams/data1.xml', xml: DATA }, { type: 'diagramDrawing', name: 'diagrams/drawing1.xml', xml: PICTURE }]);

test('charts and diagrams are read: titles, labels once for all series, diagram texts once for diagram and picture', async () => {
  const { units } = await docx.read(await zipped(PARTS), OPTIONS);
  expect(units.map(({ id, role, source }) => `${id} ${role} ${showRuns(source)}`)).toEqual([
    'word/document.xml#1 p Body', 'word/charts/chart1.xml#1 chart Widget <1>sales 2025</1>', 'word/charts/chart1.xml#2 chart North & South',
    'word/diagrams/data1.xml#1 diagram Plan', 'word/diagrams/data1.xml#2 diagram Do<1/>it', 'word/diagrams/drawing1.xml#2 diagram Only here',
  ]);
});

test('their translations are written everywhere they stand, with the properties of their runs', async () => {
  const targets = new Map([
    ['word/charts/chart1.xml#1', [open(1), 'Vendas', close(1), ' de\npeças']], ['word/charts/chart1.xml#2', ['Norte & Sul']], ['word/diagrams/data1.xml#2', ['Fazer', { tag: 1, kind: 'empty' as const }, 'isso']], ['word/diagrams/drawing1.xml#2', ['Só aqui']],
  ]);
  const written = await unzipped(await docx.write(await zipped(PARTS), targets, { from: 'en', to: 'pt', setLanguage: true }));
  const translated = (content: string, properties = ''): string => text(content, properties).replace('en-US', 'pt-BR');
  expect(written['word/charts/chart1.xml']).toBe(CHART
    .replace(/<a:p>.*<\/a:p>/, `<a:p><a:pPr/>${translated('Vendas', ' b="1"')}${translated(' de')}<a:br/>${translated('peças')}<a:endParaRPr lang="pt-BR"/></a:p>`).replaceAll('North &amp; South', 'Norte &amp; Sul'));
  const plan = translated('Plan'), doIt = `${translated('Fazer')}<a:br/>${translated('isso')}`;
  expect(written['word/diagrams/data1.xml']).toBe(DATA.replace(/<dgm:t>.*<\/dgm:t>/, `<dgm:t><a:p>${plan}</a:p></dgm:t><dgm:t><a:p>${doIt}</a:p></dgm:t>`));
  expect(written['word/diagrams/drawing1.xml']).toBe(PICTURE.replace(/<dsp:t>.*<\/dsp:t>/, `<dsp:t><a:p>${doIt}</a:p></dsp:t><dsp:t><a:p>${translated('Só aqui')}</a:p></dsp:t>`));
});
