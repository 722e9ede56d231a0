export { operand } from '../kernels/common/operand.js';
export { vec4Plan } from '../kernels/common/vec4-plan.js';
export type {
  Attributes,
  Call,
  Dispatch,
  DType,
  Kernel,
  KernelLimits,
  Layout,
  Operand,
  Plan,
  ShaderSource,
  Specs,
  TensorSpec,
  Variant,
} from '../kernels/contract.js';
export { elementCount, extentOf, storageBytes } from '../kernels/layout.js';
export { type BuilderOptions, GraphBuilder } from './builder.js';
export { type CompileOptions, type CompileProgress, checkGraph, type MemoryReport } from './compile.js';
export { type Constant, evaluate, type ReadWeight } from './constants.js';
export { EngineDevice } from './device.js';
export { Executable } from './executable.js';
export type { Graph, KernelNode, Node, Value, ViewNode } from './graph.js';
export { type Conv2dOptions, Module } from './ops.js';
export { compile } from './optimized.js';
export { optimize, type Pass, type PassName, passes } from './passes/index.js';
export { PipelineCache } from './pipelines.js';
export type { Timing } from './profiler.js';
