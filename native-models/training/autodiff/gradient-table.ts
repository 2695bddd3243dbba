/**
 * The gradient table: a row for each operator that may stand in a graph that is trained. To teach it another operator,
 * add a row to the group it belongs to in `rows/`, and a check to gradient-checks.ts, without which the tests fail.
 */
import type { NodeDefinition } from '../../onnx/model-proto.ts';
import type { OperatorRow, Rows } from './operator-row.ts';
import { elementwiseRows, steppingRows } from './rows/elementwise.ts';
import { layoutRows } from './rows/layout.ts';
import { lookupRows } from './rows/lookup.ts';
import { normalizingRows } from './rows/normalizing.ts';
import { productRows } from './rows/products.ts';
import { reductionRows } from './rows/reductions.ts';
import { scanRow } from './rows/scan.ts';
import { shapeRows } from './rows/shapes-only.ts';
import { unsupported } from './value-shapes.ts';

export const gradientTable: Rows = {
  ...elementwiseRows,
  ...steppingRows,
  ...productRows,
  ...layoutRows,
  ...reductionRows,
  ...lookupRows,
  ...normalizingRows,
  ...shapeRows,
  Scan: scanRow,
};

/** Errors: MODEL_UNSUPPORTED for an operator without a row, by its name. */
export function rowOf(node: NodeDefinition): OperatorRow {
  const row = Object.hasOwn(gradientTable, node.type) ? gradientTable[node.type] : undefined;
  if (row === undefined) throw unsupported(`The operator ${node.type} has no row in the gradient table`, `Build the model without ${node.type}, or add a row.`);
  return row;
}
