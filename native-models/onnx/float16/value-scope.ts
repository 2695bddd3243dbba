/** The values that a graph under conversion sees: its own and those of the graphs around it, with their types. */
import type { NodeDefinition } from '../model-proto.ts';
import { ELEMENT_TYPES, type ConstantTensor, type ElementType } from '../tensors.ts';
import { fitsHalf, toHalf } from './half-values.ts';

/** What numbers come as. */
export type RealType = 'float16' | 'float32';

/** The constants of a model; those that are used in the new graphs, in the types that they are used in. */
export class Constants {
  readonly used = new Map<string, ConstantTensor>();
  readonly #all: ReadonlyMap<string, ConstantTensor>;
  readonly #fits = new Map<string, boolean>();

  constructor(all: ReadonlyMap<string, ConstantTensor>) {
    this.#all = all;
  }

  typeOf(name: string): ElementType | undefined {
    return this.#all.get(name)?.type;
  }

  /** Whether the constant is of numbers that all are within the range of halves. */
  fitsHalf(name: string): boolean {
    const known = this.#fits.get(name);
    if (known !== undefined) return known;
    const tensor = this.#all.get(name);
    const fits = tensor?.type === 'float32' && fitsHalf(numbersOf(tensor));
    this.#fits.set(name, fits);
    return fits;
  }

  /** The name of the constant as it is, or of its numbers in another precision. */
  as(name: string, type: ElementType): string {
    const tensor = this.#all.get(name);
    if (tensor === undefined) return name;
    const half = tensor.type === 'float32' && type === 'float16';
    const label = half ? `${name}.half` : name;
    if (!this.used.has(label)) this.used.set(label, half ? { type: 'float16', dims: tensor.dims, bytes: bytesOf(toHalf(numbersOf(tensor))) } : tensor);
    return label;
  }
}

export class ValueScope {
  readonly nodes: NodeDefinition[] = [];
  readonly constants: Constants;
  readonly #around: ValueScope | null;
  readonly #types = new Map<string, ElementType>();
  readonly #casts = new Map<string, string>();

  constructor(constants: Constants, around: ValueScope | null) {
    this.constants = constants;
    this.#around = around;
  }

  define(name: string, type: ElementType): void {
    this.#types.set(name, type);
  }

  typeOf(name: string): ElementType {
    const type = this.constants.typeOf(name) ?? this.#types.get(name) ?? this.#around?.typeOf(name);
    if (type === undefined) throw new Error(`The value ${name} is used before it is made`);
    return type;
  }

  /** Whether the value is of numbers, in whichever precision. */
  isReal(name: string): boolean {
    return name !== '' && isRealType(this.typeOf(name));
  }

  /** The value in that precision; where it has another, a cast stands in the graph that the value belongs to. */
  as(name: string, type: RealType): string {
    if (!this.isReal(name)) return this.plain(name);
    if (this.constants.typeOf(name) !== undefined) return this.constants.as(name, type);
    return this.#cast(name, type);
  }

  /** The value as it is. */
  plain(name: string): string {
    const type = this.constants.typeOf(name);
    return type === undefined ? name : this.constants.as(name, type);
  }

  #cast(name: string, type: RealType): string {
    const own = this.#types.get(name);
    if (own === undefined) return this.#around?.as(name, type) ?? name;
    if (own === type) return name;
    const label = `${name}.${type}`;
    const known = this.#casts.get(label);
    if (known !== undefined) return known;
    this.#casts.set(label, label);
    this.nodes.push({ type: 'Cast', domain: '', inputs: [name], outputs: [label], attributes: { to: { kind: 'int', value: ELEMENT_TYPES[type] } } });
    return label;
  }
}

export function isRealType(type: ElementType): type is RealType {
  return type === 'float16' || type === 'float32';
}

function numbersOf({ bytes }: ConstantTensor): Float32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  return new Float32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
}

function bytesOf(halves: Uint16Array): Uint8Array {
  return new Uint8Array(halves.buffer, halves.byteOffset, halves.byteLength);
}
