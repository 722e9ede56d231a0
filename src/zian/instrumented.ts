import { type EngineDevice, Executable, GraphBuilder, optimize, type PipelineCache } from '../graph/index.js';
import type { SafetensorsFile } from '../weights/index.js';
import type { Architecture } from './architecture.js';
import type { ZianConfig } from './config.js';
import { finiteWeights } from './finite-weights.js';
import { Network } from './model/network.js';
import type { RecordStage, TokenOrder } from './model/record.js';
import { LARGEST_SCORE } from './model/self-attention.js';
import { type SourcePixels, writeSource } from './source.js';
import { attentionScores, reorderTokens, type Stage } from './stages.js';

/** A loaded model, as far as another graph of it needs. */
export interface ModelParts {
  readonly config: ZianConfig;
  readonly architecture: Architecture;
  readonly file: SafetensorsFile;
  /** The file's name, for messages. */
  readonly name: string;
  readonly device: EngineDevice;
  readonly pipelines: PipelineCache;
  readonly dtype: 'f32' | 'f16';
}

/**
 * Runs the network once with every stage kept, which keeps passes from fusing it away.
 * @returns the stages under the names, and in the shapes and orders, of the reference data (MODEL.md section 9)
 */
export async function runInstrumented(
  parts: ModelParts,
  pixels: SourcePixels,
  mirror: boolean,
  signal?: AbortSignal,
): Promise<Map<string, Stage>> {
  const { config, architecture, file, name: source, device, pipelines, dtype } = parts;
  const weights = new Map([...file.tensors].map(([name, { shape }]) => [name, shape]));
  const builder = new GraphBuilder({ weights, dtype });
  const orders = new Map<string, TokenOrder | undefined>();
  const record: RecordStage = (name, value, order) => {
    builder.output(name, value);
    orders.set(name, order);
    return value;
  };
  new Network(builder, config, architecture, record).build();
  orders.set('heatmap_ds', undefined);
  if (!architecture.hrnetOnly) orders.set('heatmap_roi', undefined);
  const graph = builder.build();
  const executable = await Executable.compile(optimize(graph), device, {
    readWeight: finiteWeights(file, source),
    pipelines,
    signal,
  });
  try {
    writeSource(executable, pixels, config, mirror);
    await executable.run();
    const stages = new Map<string, Stage>();
    // One after the other, so that little is mapped at a time.
    for (const [name, order] of orders) {
      const data = (await executable.read([name])).get(name) ?? new Float32Array();
      const stage = { shape: graph.outputs.get(name)?.spec.shape ?? [], data };
      stages.set(name, order ? reorderTokens(stage, order) : stage);
    }
    if (!architecture.hrnetOnly) stages.set('roi_center', await roiCenter(executable, config));
    addScores(stages, architecture);
    return stages;
  } finally {
    executable.destroy();
  }
}

/** The regions' centre in pixels of the network's input, from the coarse peak. */
async function roiCenter(executable: Executable, { dsFactor }: ZianConfig): Promise<Stage> {
  const index = 'heatmap_ds.index';
  const [x = 0, y = 0] = (await executable.read([index])).get(index) ?? [];
  return { shape: [1, 2], data: Float32Array.of(x * dsFactor, y * dsFactor) };
}

function addScores(stages: Map<string, Stage>, { selfAttention }: Architecture): void {
  for (const half of ['attn.in_ator_trans', 'attn.ator_out_trans']) {
    const query = stages.get(`${half}.query`);
    const key = stages.get(`${half}.key`);
    if (query && key && selfAttention)
      stages.set(`${half}.scores`, attentionScores(query, key, selfAttention.modes, LARGEST_SCORE));
  }
}
