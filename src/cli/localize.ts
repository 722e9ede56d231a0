import { basename } from 'node:path';
import { inputError } from '../errors.js';
import { writeFileAtomic, writeFileStreaming } from '../node/atomic-file.js';
import { readImageFile } from '../node/images/decode.js';
import { encodePng } from '../node/images/encode.js';
import { writeSafetensors } from '../weights/index.js';
import type { RgbaImage } from '../zian/image.js';
import { renderOverlay } from '../zian/overlay.js';
import type { Localization, OpenedEngine } from './engine.js';
import { caption, regionLabels } from './localize-format.js';

export interface DecodedImage {
  /** As given on the command line. */
  readonly path: string;
  readonly image: RgbaImage;
  readonly decodeMilliseconds: number;
}

/** One image's result. */
export interface ImageResult extends DecodedImage {
  readonly result: Localization;
  readonly adapter: string;
  /** From opening the file to the landmark. */
  readonly totalMilliseconds: number;
}

/** @throws ZianError (input), see `readImageFile` */
export async function decode(path: string): Promise<DecodedImage> {
  const start = performance.now();
  const image = await readImageFile(path);
  return { path, image, decodeMilliseconds: performance.now() - start };
}

/**
 * @param flipTest true to average with the mirrored image; otherwise as the model's configuration says
 * @throws ZianError (input) where a heat map is not finite, so that it has no peak
 */
export async function localize(
  decoded: DecodedImage,
  { engine, adapter }: OpenedEngine,
  flipTest: boolean,
): Promise<ImageResult> {
  const start = performance.now();
  const result = await engine.localize(decoded.image, flipTest ? { flipTest } : {});
  const { coarse, fine } = result.peak;
  if (!Number.isFinite(coarse) || !Number.isFinite(fine)) {
    const which = Number.isFinite(coarse) ? 'fine' : 'coarse';
    throw inputError(
      `${decoded.path}: the ${which} heat map is not finite (its largest value is ${result.peak[which]}), so no landmark can be given; check the model with \`zian verify\`, or compute with --dtype f32.`,
    );
  }
  const totalMilliseconds = decoded.decodeMilliseconds + performance.now() - start;
  return { ...decoded, result, adapter, totalMilliseconds };
}

/** Writes the picture with heat map, regions and landmark. Uses the heat maps of the engine's last run. */
export async function writeOverlay(path: string, done: ImageResult, { engine }: OpenedEngine): Promise<void> {
  const { coarse, fine } = await engine.heatmaps();
  const { landmark, coarse: estimate, rois } = done.result;
  const labels = regionLabels(engine.config);
  const overlay = renderOverlay(
    done.image,
    {
      landmark,
      coarse: estimate,
      rois: rois.map((roi, i) => ({ ...roi, label: labels[i] ?? `region ${i + 1}` })),
      coarseHeatmap: coarse,
      ...(fine === undefined ? {} : { heatmap: fine }),
    },
    { caption: caption(done) },
  );
  await writeFileAtomic(path, encodePng(overlay));
}

/** Writes every stage of the network as float32 safetensors. */
export async function writeDump(
  path: string,
  { image, path: imagePath }: DecodedImage,
  { engine, adapter }: OpenedEngine,
): Promise<void> {
  // The file is opened first: a folder that is not there should not cost a run of the network.
  await writeFileStreaming(path, async (sink) => {
    const stages = await engine.stages(image);
    const entries = [...stages].map(([name, { shape, data }]) => ({
      name,
      dtype: 'F32' as const,
      shape,
      bytes: () => new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    }));
    const checkpoint = engine.metadata.checkpoint_sha256;
    await writeSafetensors(sink, entries, {
      format: 'zian-stages',
      image: basename(imagePath),
      adapter,
      ...(checkpoint === undefined ? {} : { checkpoint_sha256: checkpoint }),
    });
  });
}
