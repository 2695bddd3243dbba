/** Accuracy by length as a picture: a panel a task, a line a context mapping. */
export interface AccuracyCurve {
  readonly task: string;
  readonly context: string;
  /** Share of exact outputs, 0 to 1, of strings of one element, two, ... */
  readonly byLength: readonly number[];
}

const [WIDTH, HEIGHT, LEFT, TOP, GAP] = [300, 180, 44, 30, 40];
/** Told apart by colour and by dashes. */
const STYLES: Readonly<Record<string, readonly [colour: string, dashes: string]>> = {
  last: ['#b2182b', '2 3'], mean: ['#d6731a', '6 3'], max: ['#8a6d00', '9 3 2 3'], additive: ['#2166ac', ''], multiplicative: ['#1b7837', '12 4'], 'multi-head': ['#762a83', '4 2'],
};

/** An SVG document. */
export function accuracyPlot(curves: readonly AccuracyCurve[]): string {
  const tasks = [...new Set(curves.map(({ task }) => task))];
  const contexts = [...new Set(curves.map(({ context }) => context))];
  const parts = tasks.map((task, panel) => panelOf(task, curves.filter((curve) => curve.task === task), LEFT + panel * (WIDTH + GAP)));
  const below = TOP + HEIGHT + 58;
  const legend = contexts.map((context, index) => {
    const [colour, dashes] = STYLES[context] ?? ['#333', ''];
    const [x, y] = [LEFT + (index % 3) * 170, below + Math.floor(index / 3) * 20];
    return `<line x1="${x}" y1="${y}" x2="${x + 34}" y2="${y}" stroke="${colour}" stroke-width="2" stroke-dasharray="${dashes}"/><text x="${x + 42}" y="${y + 4}">${context}</text>`;
  });
  const [width, height] = [LEFT + tasks.length * (WIDTH + GAP), below + 20 * Math.ceil(contexts.length / 3)];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" fill="#222"><rect width="${width}" height="${height}" fill="#fff"/>${parts.join('')}${legend.join('')}</svg>\n`;
}

function panelOf(task: string, curves: readonly AccuracyCurve[], left: number): string {
  const longest = Math.max(...curves.map(({ byLength }) => byLength.length));
  const x = (length: number): number => left + ((length - 1) / Math.max(1, longest - 1)) * WIDTH;
  const y = (share: number): number => TOP + HEIGHT * (1 - share);
  const grid = [0, 0.25, 0.5, 0.75, 1].map((share) => `<line x1="${left}" y1="${y(share)}" x2="${left + WIDTH}" y2="${y(share)}" stroke="#ddd"/><text x="${left - 6}" y="${y(share) + 4}" text-anchor="end">${100 * share}</text>`);
  const lengths = Array.from({ length: longest }, (_, index) => `<text x="${x(index + 1)}" y="${TOP + HEIGHT + 16}" text-anchor="middle">${index + 1}</text>`);
  const lines = curves.map(({ context, byLength }) => {
    const [colour, dashes] = STYLES[context] ?? ['#333', ''];
    const points = byLength.map((share, index) => `${x(index + 1).toFixed(1)},${y(share).toFixed(1)}`).join(' ');
    return `<polyline points="${points}" fill="none" stroke="${colour}" stroke-width="2" stroke-dasharray="${dashes}"/>`;
  });
  return `<text x="${left}" y="${TOP - 12}" font-weight="bold">${task}: exact outputs, %</text>${grid.join('')}${lengths.join('')}<text x="${left + WIDTH / 2}" y="${TOP + HEIGHT + 34}" text-anchor="middle">digits</text>${lines.join('')}`;
}
