/**
 * What a kernel is, as data and pure functions. Nothing here, and nothing in a kernel's folder, calls
 * the GPU: `src/graph` compiles and dispatches what a kernel's plan describes.
 */

export type DType = 'f32' | 'f16' | 'u32' | 'i32';

/** Shape as PyTorch writes it (rank 4 is N, C, H, W; in other ranks the last axis is the features) and element type. */
export interface TensorSpec {
  readonly shape: readonly number[];
  readonly dtype: DType;
}

/**
 * Where a tensor lies in its buffer. Storage is channels-last: pixel (n, h, w) is a row of
 * ceil(C / 4) vec4s, lanes beyond C are zero in every tensor a kernel writes. All units are vec4s.
 */
export interface Layout {
  /** First vec4 of pixel (0, 0, 0). */
  readonly offset: number;
  /** Distance between neighbouring pixels; larger than ceil(C / 4) for a slice of a concatenation. */
  readonly stride: number;
  /**
   * 1, or r for the result of a pixel shuffle that was never carried out: the buffer holds the low-resolution
   * pixels, each with its r × r high-resolution pixels (row by row) one after the other.
   */
  readonly block: number;
}

export interface Operand extends TensorSpec {
  readonly layout: Layout;
}

export type AttributeValue = number | string | boolean | readonly number[] | undefined;
/** A node's attributes. Kernels narrow this by a type alias (an interface would not be assignable). */
export type Attributes = Readonly<Record<string, AttributeValue>>;

export type Specs = Readonly<Record<string, TensorSpec>>;

/** One use of a kernel: operands by name (absent optional inputs are missing keys) and attributes. */
export interface Call<A extends Attributes = Attributes> {
  readonly inputs: Readonly<Record<string, Operand>>;
  readonly outputs: Readonly<Record<string, Operand>>;
  readonly attributes: A;
  /**
   * The same call for one image, where this one is for a batch. A variant that shares a sum out by how much there is to do
   * shares it out as it would there, so that an image's result is the same bits in any batch.
   */
  readonly single?: Call<A>;
}

/** What a subgroup's matrix unit multiplies: M × K by K × N, summed up in the type of the result. */
export interface SubgroupMatrixConfig {
  readonly componentType: string;
  readonly resultComponentType: string;
  readonly M: number;
  readonly N: number;
  readonly K: number;
}

/** The device's limits that decide which variants are legal; WebGPU's names and units. */
export interface KernelLimits {
  readonly maxComputeWorkgroupStorageSize: number;
  readonly maxComputeInvocationsPerWorkgroup: number;
  readonly maxComputeWorkgroupsPerDimension: number;
  readonly maxStorageBufferBindingSize: number;
  /** Threads of a subgroup where the device has subgroups of one size only; else 0. */
  readonly subgroupSize: number;
  /** What may be multiplied as matrices of a subgroup, the adapter's preference first; absent: nothing. */
  readonly subgroupMatrixConfigs?: readonly SubgroupMatrixConfig[];
  /** Whether the device computes on the CPU. */
  readonly software: boolean;
}

/** A shader's text: a `.wgsl` body, the WGSL files it builds on, and a name for messages. */
export interface ShaderSource {
  readonly name: string;
  readonly body: string;
  readonly includes?: readonly string[];
}

/** A WGSL constant: a non-negative integer becomes u32, a boolean bool; f32 and i32 are said explicitly. */
export type ConstantValue = number | boolean | { readonly f32: number } | { readonly i32: number };

export interface Dispatch {
  readonly shader: ShaderSource;
  /**
   * Operand or scratch names in the order of `@binding(0…)`; the shader's variables bear the same names.
   * An absent optional operand is bound to a small buffer of zeros.
   */
  readonly bindings: readonly string[];
  /** Compiled into the shader. */
  readonly constants: Readonly<Record<string, ConstantValue>>;
  /**
   * u32 values that the shader reads at run time as `p.NAME` from a uniform buffer, so that calls of many shapes
   * share one pipeline. A dispatch with parameters gets no `X_H`, … constants: it passes the extents it needs itself.
   */
  readonly parameters?: Readonly<Record<string, number>>;
  /** Workgroup counts, or the name of a scratch buffer whose first three u32 hold them. */
  readonly workgroups: readonly [number, number, number] | { readonly indirect: string };
}

export interface Plan {
  readonly dispatches: readonly Dispatch[];
  /** Buffers that live for this call only: name → bytes. */
  readonly scratch?: Readonly<Record<string, number>>;
}

/**
 * A constant's values row by row along its first axis, where they lie as they were read: row i is `rowLength` values of
 * `sources[i]` from `starts[i]` on, each times `factors[i]`. Nothing is copied before a variant packs it.
 */
export interface ConstantRows {
  readonly rowLength: number;
  readonly sources: readonly Float32Array[];
  readonly starts: readonly number[];
  readonly factors: readonly number[];
}

/** The order that a variant wants constant inputs in, in place of storage order. */
export interface Packing<A extends Attributes = Attributes> {
  /** Which of them. */
  readonly inputs: readonly string[];
  /** Number of scalars of `input` in that order, padding included. */
  length(input: string, call: Call<A>): number;
  /** Writes `input` in that order to `out`, which holds `length` zeros. */
  write(input: string, rows: ConstantRows, call: Call<A>, out: Float32Array): void;
  /**
   * The same on the device, in float32: for large constants. Binds `rows`, the factors of all rows and then the rows, and
   * `packed`, which it writes whole.
   */
  dispatch?(input: string, call: Call<A>): Dispatch | undefined;
}

export interface Variant<A extends Attributes = Attributes> {
  readonly name: string;
  /** Whether this variant can do this call on such a device; absent: always. */
  legal?(call: Call<A>, limits: KernelLimits): boolean;
  /** Whether it is a good choice for this call where nothing has been measured; absent: always. */
  preferred?(call: Call<A>, limits: KernelLimits): boolean;
  /** Times that its rounding errors may exceed those of plain sums, which cases' tolerances are for; absent: 1. */
  readonly errorFactor?: number;
  plan(call: Call<A>, limits: KernelLimits): Plan;
  /** For constant inputs that this variant wants in an order of its own. */
  readonly packing?: Packing<A>;
}

/** Work of one call, for the roofline: multiply and add count as two operations; bytes are the least possible traffic. */
export interface Cost {
  readonly flops: number;
  readonly bytes: number;
}

export interface Kernel<A extends Attributes = Attributes> {
  readonly name: string;
  readonly inputs: readonly string[];
  /** Those of `inputs` that may be absent. */
  readonly optional?: readonly string[];
  /** Those of `inputs` that must be known when the model is loaded (weights, tables). */
  readonly constants?: readonly string[];
  /** Those of `inputs` that may have `layout.block` > 1. */
  readonly blocked?: readonly string[];
  readonly outputs: readonly string[];
  /** The outputs' shapes and types; throws an Error that names both shapes when the inputs do not fit. */
  infer(inputs: Specs, attributes: A): Specs;
  cost(call: Call<A>): Cost;
  /**
   * The first legal one that is preferred is the default, or else the first legal one. The last one is the plain one:
   * legal for every call, and what others are checked against when they are measured.
   */
  readonly variants: readonly Variant<A>[];
}

/** A tensor of the float64 references: C-order (NCHW) values. */
export interface RefTensor {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** The CPU twin of a kernel: clear, float64 throughout. */
export type Reference<A extends Attributes = Attributes> = (
  inputs: Readonly<Record<string, RefTensor>>,
  attributes: A,
) => Readonly<Record<string, RefTensor>>;

/** How a case's input is filled: seeded uniform values in [low, high) unless `values` gives them. */
export interface CaseInput {
  readonly shape: readonly number[];
  readonly dtype?: DType;
  readonly low?: number;
  readonly high?: number;
  readonly values?: readonly number[];
}

/** One record for the parity test, the fuzz test and the bench. */
export interface KernelCase<A extends Attributes = Attributes> {
  readonly name: string;
  readonly inputs: Readonly<Record<string, CaseInput>>;
  readonly attributes: A;
  /** |got − want| ≤ absolute + relative · |want|, for f32. */
  readonly tolerance: { readonly absolute: number; readonly relative: number };
  /** Why this tolerance is right for this case. */
  readonly why: string;
  /** Timed by the bench as well. */
  readonly bench?: boolean;
  /** Takes seconds: the parity test runs it once per variant, not again as slices or in f16. */
  readonly large?: boolean;
}

/** What a suite's `fuzz` draws. */
export type FuzzCase<A extends Attributes = Attributes> = Pick<KernelCase<A>, 'inputs' | 'attributes'>;

/** A kernel with its reference and cases: what one folder exports. */
export interface KernelSuite<A extends Attributes = Attributes> {
  readonly kernel: Kernel<A>;
  reference(...args: Parameters<Reference<A>>): ReturnType<Reference<A>>;
  readonly cases: readonly KernelCase<A>[];
  /** Draws a small legal case for the fuzz test, from uniform values in [0, 1): the same values give the same case. */
  fuzz?(random: () => number): FuzzCase<A>;
  /** The tolerance of drawn cases, as in `KernelCase`; absent: they must agree exactly. */
  readonly fuzzTolerance?: KernelCase['tolerance'];
}
