import type { NetworkSpec } from './network.js';

/** A network on disk, for every engine the same. */
export interface NetworkFiles {
  readonly spec: NetworkSpec;
  /** Paths. */
  readonly weights: string;
  readonly onnx: string;
  /** float32, C order. */
  readonly input: string;
  /** Folder for results. */
  readonly results: string;
}

export interface FirstResult {
  /** From the loaded library to the first result on the host: adapter, model file, compilation, first run. */
  readonly milliseconds: number;
  /** Outputs by name, in C order; integers as floats. */
  readonly outputs: ReadonlyMap<string, Float32Array>;
  /** What computed: version, adapter or number of threads. */
  readonly about: string;
}

/** An engine with one network, in a process of its own. */
export interface Runner {
  /** Loads the network and runs it once. */
  start(): Promise<FirstResult>;
  /** Runs once more: milliseconds from the input on the host to all outputs on the host. */
  run(): Promise<number>;
  /** Ends the process; may be called at any time. */
  stop(): Promise<void>;
}
