/**
 * Writes ONNX models: the messages of onnx.proto3 (ONNX IR version 8) on the wire writer of @bufbuild/protobuf.
 * Only what a graph of this project uses: nodes, subgraphs, dense constants, named inputs and outputs.
 */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { ConstantTensor, ElementType } from './tensors.ts';
import { ELEMENT_TYPES } from './tensors.ts';

export type Attribute =
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'tensor'; readonly value: ConstantTensor }
  | { readonly kind: 'graph'; readonly value: GraphDefinition };

export interface NodeDefinition {
  readonly type: string;
  /** '' is the ONNX standard's own operator set. */
  readonly domain: string;
  /** '' stands for an optional input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface ValueDefinition {
  readonly name: string;
  readonly type: ElementType;
  /** Names are symbolic dimensions; null: the shape, rank included, is left open. */
  readonly shape: readonly (number | string)[] | null;
}

export interface GraphDefinition {
  readonly name: string;
  readonly nodes: readonly NodeDefinition[];
  readonly constants: ReadonlyMap<string, ConstantTensor>;
  readonly inputs: readonly ValueDefinition[];
  readonly outputs: readonly ValueDefinition[];
  /** What is known of values in between: with it the runtime can see that two open shapes are the same, and reuse memory. */
  readonly values?: readonly ValueDefinition[];
}

export interface ModelDefinition {
  readonly graph: GraphDefinition;
  /** Version of each operator set by domain. */
  readonly operatorSets: Readonly<Record<string, number>>;
  readonly producer: string;
}

const IR_VERSION = 8;
/** TensorProto.DataLocation */
const EXTERNAL = 1;
const ATTRIBUTE_TYPES: Readonly<Record<Attribute['kind'], number>> = { float: 1, int: 2, string: 3, tensor: 4, graph: 5, ints: 7 };

/** Where the contents of constants lie in another file beside the model's. */
export interface ExternalData {
  readonly file: string;
  /** By the constant's name. */
  readonly places: ReadonlyMap<string, { readonly offset: number; readonly length: number }>;
}

/** The model as the bytes of an `.onnx` file, without the contents of constants that `external` names. */
export function encodeModel(model: ModelDefinition, external: ExternalData | null = null): Uint8Array {
  const out = new BinaryWriter();
  out.tag(1, WireType.Varint).int64(IR_VERSION);
  out.tag(2, WireType.LengthDelimited).string(model.producer);
  message(out, 7, () => writeGraph(out, model.graph, external));
  for (const [domain, version] of Object.entries(model.operatorSets)) {
    message(out, 8, () => {
      out.tag(1, WireType.LengthDelimited).string(domain);
      out.tag(2, WireType.Varint).int64(version);
    });
  }
  return out.finish();
}

function message(out: BinaryWriter, field: number, write: () => void): void {
  out.tag(field, WireType.LengthDelimited).fork();
  write();
  out.join();
}

function writeGraph(out: BinaryWriter, graph: GraphDefinition, external: ExternalData | null = null): void {
  for (const node of graph.nodes) message(out, 1, () => writeNode(out, node));
  out.tag(2, WireType.LengthDelimited).string(graph.name);
  for (const [name, tensor] of graph.constants) message(out, 5, () => writeTensor(out, tensor, name, external));
  for (const value of graph.inputs) message(out, 11, () => writeValue(out, value));
  for (const value of graph.outputs) message(out, 12, () => writeValue(out, value));
  for (const value of graph.values ?? []) message(out, 13, () => writeValue(out, value));
}

function writeNode(out: BinaryWriter, node: NodeDefinition): void {
  for (const name of node.inputs) out.tag(1, WireType.LengthDelimited).string(name);
  for (const name of node.outputs) out.tag(2, WireType.LengthDelimited).string(name);
  out.tag(3, WireType.LengthDelimited).string(`${node.type}_${node.outputs[0] ?? ''}`);
  out.tag(4, WireType.LengthDelimited).string(node.type);
  for (const [name, attribute] of Object.entries(node.attributes)) message(out, 5, () => writeAttribute(out, name, attribute));
  if (node.domain !== '') out.tag(7, WireType.LengthDelimited).string(node.domain);
}

function writeAttribute(out: BinaryWriter, name: string, attribute: Attribute): void {
  out.tag(1, WireType.LengthDelimited).string(name);
  switch (attribute.kind) {
    case 'float':
      out.tag(2, WireType.Bit32).float(attribute.value);
      break;
    case 'int':
      out.tag(3, WireType.Varint).int64(attribute.value);
      break;
    case 'string':
      out.tag(4, WireType.LengthDelimited).string(attribute.value);
      break;
    case 'tensor':
      message(out, 5, () => writeTensor(out, attribute.value));
      break;
    case 'graph':
      message(out, 6, () => writeGraph(out, attribute.value));
      break;
    case 'ints':
      for (const value of attribute.value) out.tag(8, WireType.Varint).int64(value);
      break;
  }
  out.tag(20, WireType.Varint).int32(ATTRIBUTE_TYPES[attribute.kind]);
}

function writeTensor(out: BinaryWriter, tensor: ConstantTensor, name?: string, external: ExternalData | null = null): void {
  const place = name === undefined ? undefined : external?.places.get(name);
  for (const dim of tensor.dims) out.tag(1, WireType.Varint).int64(dim);
  out.tag(2, WireType.Varint).int32(ELEMENT_TYPES[tensor.type]);
  if (name !== undefined) out.tag(8, WireType.LengthDelimited).string(name);
  if (place === undefined || external === null) {
    out.tag(9, WireType.LengthDelimited).bytes(tensor.bytes);
    return;
  }
  for (const [key, value] of [['location', external.file], ['offset', `${place.offset}`], ['length', `${place.length}`]] as const) {
    message(out, 13, () => out.tag(1, WireType.LengthDelimited).string(key).tag(2, WireType.LengthDelimited).string(value));
  }
  out.tag(14, WireType.Varint).int32(EXTERNAL);
}

function writeValue(out: BinaryWriter, value: ValueDefinition): void {
  out.tag(1, WireType.LengthDelimited).string(value.name);
  message(out, 2, () =>
    message(out, 1, () => {
      out.tag(1, WireType.Varint).int32(ELEMENT_TYPES[value.type]);
      const shape = value.shape;
      if (shape === null) return;
      message(out, 2, () => {
        for (const dim of shape) {
          message(out, 1, () => {
            if (typeof dim === 'number') out.tag(1, WireType.Varint).int64(dim);
            else out.tag(2, WireType.LengthDelimited).string(dim);
          });
        }
      });
    }),
  );
}
