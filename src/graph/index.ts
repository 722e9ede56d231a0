export { type BuilderOptions, GraphBuilder } from './builder.js';
export { type Constant, evaluate, type ReadWeight } from './constants.js';
export { EngineDevice } from './device.js';
export { type CompileOptions, type CompileProgress, Executable, type MemoryReport } from './executable.js';
export type { Graph, KernelNode, Node, Value, ViewNode } from './graph.js';
export { type Conv2dOptions, Module } from './ops.js';
export { optimize, type Pass, type PassName, passes } from './passes/index.js';
export { PipelineCache } from './pipelines.js';
export type { Timing } from './profiler.js';
