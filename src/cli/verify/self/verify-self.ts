import type { RgbaImage } from '../../../zian/image.js';
import type { TracedLayer } from '../../../zian/layer-trace.js';
import { parseModelMetadata } from '../../../zian/model-file.js';
import type { OpenedEngine } from '../../engine.js';
import { checkLayer } from './check-layer.js';
import { digestOf } from './digest.js';
import type { LayerRow, SelfReport } from './report.js';

/** How it is done. */
export interface SelfOptions {
  /** Elements of each convolution that are computed again. */
  readonly samples: number;
  readonly dtype: 'f32' | 'f16';
  readonly versions: Readonly<Record<string, string>>;
  readonly onProgress: (done: number, total: number) => void;
}

/** Runs an image layer by layer, and compares each with the float64 reference on the inputs that it had. */
export async function verifySelf(
  image: RgbaImage,
  { engine, device }: OpenedEngine,
  { samples, dtype, versions, onProgress }: SelfOptions,
): Promise<SelfReport> {
  const started = performance.now();
  const layers: LayerRow[] = [];
  /** What layers have left: a later one must find it as it was. */
  const left = new Map<object, number>();
  await engine.trace(image, async (layer) => {
    const overwritten = await findOverwritten(layer, left);
    const outputs = await checkLayer(layer, samples);
    for (const [name, value] of Object.entries(layer.node.outputs))
      left.set(value, digestOf((await layer.read(name)).data));
    for (const output of outputs)
      layers.push({
        layer: layer.node.label,
        kernel: layer.node.kernel.name,
        variant: layer.variant.name,
        dtype: layer.call.outputs[output.output]?.dtype ?? '',
        ...output,
        ok: output.wrong === 0 && overwritten === undefined,
        ...(overwritten === undefined ? {} : { overwritten }),
      });
    onProgress(layer.index + 1, layer.total);
  });
  const firstBad = layers.find(({ ok }) => !ok)?.layer ?? null;
  const { checkpointSha256 } = parseModelMetadata(engine.metadata, 'the model');
  return {
    format: 'zian-webgpu self-verification',
    ok: firstBad === null && layers.length > 0,
    firstBad,
    dtype,
    modelSha256: checkpointSha256 ?? null,
    samples,
    seconds: (performance.now() - started) / 1000,
    adapter: device,
    versions,
    layers,
  };
}

async function findOverwritten(
  { node, read }: TracedLayer,
  left: ReadonlyMap<object, number>,
): Promise<string | undefined> {
  for (const [name, value] of Object.entries(node.inputs)) {
    const before = left.get(value);
    if (before !== undefined && before !== digestOf((await read(name)).data)) return value.label;
  }
  return undefined;
}
