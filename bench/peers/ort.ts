/** What is used here of ONNX Runtime's JavaScript interface, which onnxruntime-node and onnxruntime-web share. */

export interface OrtTensor {
  readonly type: string;
  readonly dims: readonly number[];
  /** Of tensors on the host. */
  readonly data: Float32Array | BigInt64Array | Int32Array;
}

export interface OrtSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: Readonly<Record<string, OrtTensor>>): Promise<Readonly<Record<string, OrtTensor>>>;
  release(): Promise<void>;
}

export interface Ort {
  /** Settings for all sessions; in browsers. */
  readonly env?: {
    readonly wasm: { numThreads?: number };
    readonly versions?: { readonly web?: string };
  };
  readonly Tensor: new (
    type: string,
    data: Float32Array | BigInt64Array | Int32Array,
    dims: readonly number[],
  ) => OrtTensor;
  readonly InferenceSession: {
    create(
      model: string | Uint8Array,
      options: { readonly executionProviders: readonly string[] },
    ): Promise<OrtSession>;
  };
}

/** Whether a package that was loaded has that interface. */
export function isOrt(loaded: unknown): loaded is Ort {
  return typeof loaded === 'object' && loaded !== null && 'InferenceSession' in loaded && 'Tensor' in loaded;
}

/** Elements as float32, in C order. */
export const floatsOf = ({ data }: OrtTensor): Float32Array =>
  data instanceof Float32Array ? data : Float32Array.from(data, Number);
