/** The gradient of each operator against central differences: the largest relative error of its checks. */
import { gradientTable } from '../../../native-models/training/autodiff/gradient-table.ts';
import { gradientChecks } from '../../../native-models/training/autodiff/testing/gradient-checks.ts';
import { gradientErrors } from '../../../native-models/training/autodiff/testing/numeric-gradients.ts';
import { seededRandom } from '../../../native-models/training/seeded-random.ts';
import { tell } from './summary.ts';

const SEEDS = [1, 2, 3];
const LIMIT = 1e-3;
const worst = new Map<string, number>();
for (const operator of Object.keys(gradientTable)) {
  const checks = gradientChecks[operator] ?? [];
  const errors = checks.length === 0 ? [Number.POSITIVE_INFINITY] : [];
  for (const [index, check] of checks.entries()) for (const seed of SEEDS) errors.push(...(await gradientErrors(check, seededRandom(seed, index))));
  worst.set(operator, Math.max(...errors));
}
const ordered = [...worst].toSorted(([, a], [, b]) => b - a);
const failed = ordered.filter(([, error]) => !(error < LIMIT));
console.log(`${worst.size} operators against central differences, relative error below ${LIMIT} asked for; the largest:`);
console.log('| operator | largest relative error |\n|---|---:|');
for (const [operator, error] of ordered.slice(0, 5)) console.log(`| ${operator} | ${error.toExponential(1)} |`);
console.log(failed.length === 0 ? 'All are below it.' : `Not below it: ${failed.map(([operator]) => operator).join(', ')}`);
tell({ what: `Gradients of ${worst.size} operators`, asked: `relative error below ${LIMIT}`, got: `at most ${(ordered[0]?.[1] ?? Number.NaN).toExponential(1)}`, met: failed.length === 0 });
if (failed.length > 0) process.exitCode = 1;
