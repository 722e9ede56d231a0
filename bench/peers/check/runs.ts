import { compareSamples } from '../../../src/cli/verify/compare.js';
import { Reference } from '../../../src/cli/verify/reference.js';
import { openFileSource } from '../../../src/node/file-source.js';
import { memorySink, openSafetensors } from '../../../src/weights/index.js';
import { finiteWeights } from '../../../src/zian/finite-weights.js';
import { runModel } from '../../../test/support/model.js';
import { type Run, runImage, runTensorsPath } from '../../../test/support/runs.js';
import { describeModel, exportOnnx, modelGraph, plainGraph } from '../../../tools/export-onnx/index.js';
import { networkInput } from '../network-input.js';
import { floatsOf, type Ort } from '../ort.js';

/** Of a heat map, times its largest value: what results are held to everywhere here. */
const TOLERANCE = 1e-4;

/** How far ONNX Runtime's heat maps are from PyTorch's. */
export interface RunCheck {
  readonly run: string;
  /** Largest distance over the largest value, by heat map. */
  readonly errors: ReadonlyMap<string, number>;
  readonly wrong: readonly string[];
}

/** Exports a recorded run's network, runs it on ONNX Runtime's CPU provider, and compares with what PyTorch computed. */
export async function checkRun(ort: Ort, run: Run, folder: string): Promise<RunCheck> {
  const file = await openSafetensors(await runModel(run));
  const model = describeModel(file);
  const graph = plainGraph(modelGraph(model));
  const sink = memorySink();
  const readWeight = finiteWeights(file, file.name);
  await exportOnnx(graph, { name: run.run, readWeight, version: '0' }).write(sink);
  const session = await ort.InferenceSession.create(sink.bytes(), { executionProviders: ['cpu'] });
  const [width, height] = model.config.cropSize;
  const input = new ort.Tensor('float32', networkInput(runImage(run), model.config), [1, 3, height, width]);
  const results = await session.run({ input });
  await session.release();

  const source = await openFileSource(runTensorsPath(run.run, folder));
  const errors = new Map<string, number>();
  const wrong: string[] = [];
  try {
    const reference = new Reference(await openSafetensors(source));
    for (const [name, { point }] of peaks(run)) {
      const heatmap = results[name];
      const index = results[`${name}.index`];
      if (!heatmap || !index) continue;
      const found = reference.find(name, false);
      if (!found) throw new Error(`the fixture of ${run.run} has no ${name}`);
      const want = await reference.read(found, { shape: heatmap.dims });
      const { maxError, scale } = compareSamples({ data: floatsOf(heatmap), every: 1 }, want);
      errors.set(name, maxError / scale);
      if (!(maxError <= TOLERANCE * scale))
        wrong.push(`${run.run}, ${name}: ${maxError} from PyTorch's, ${TOLERANCE} of ${scale} allowed`);
      const [x, y] = floatsOf(index);
      if (x !== point[0] || y !== point[1])
        wrong.push(`${run.run}, ${name}: the peak is (${x}, ${y}) instead of (${point.join(', ')})`);
    }
  } finally {
    await source.close();
  }
  return { run: run.run, errors, wrong };
}

/** Peaks that PyTorch found, in pixels of the heat map; (0, 0) where nothing is above zero. */
function peaks(run: Run): Map<string, { point: readonly [number, number] }> {
  const peakOf = ({ argmax_f32: { xy } }: Run['coarse_peak']) => ({ point: xy });
  return new Map([
    ['heatmap_ds', peakOf(run.coarse_peak)],
    ['heatmap_roi', peakOf(run.fine_peak)],
  ]);
}
