export { type ExportOptions, exportOnnx, type OnnxExport } from './export-graph.js';
export {
  backboneGraph,
  type DescribedModel,
  describeModel,
  modelBackboneGraph,
  modelGraph,
} from './model-graphs.js';
export { OPSET } from './onnx-model.js';
export { plainGraph } from './plain-graph.js';
export { startAt } from './start-at.js';
