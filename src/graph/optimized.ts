import type { CompileOptions } from './compile.js';
import type { EngineDevice } from './device.js';
import { Executable } from './executable.js';
import type { Graph } from './graph.js';
import { optimize } from './passes/index.js';

/**
 * Optimises a graph with all passes and makes it ready on a device: what most callers want. See `Executable.compile`.
 */
export const compile = (
  graph: Graph,
  device: EngineDevice,
  options: CompileOptions = {},
): Promise<Executable> => Executable.compile(optimize(graph), device, options);
