import { basename } from 'node:path';
import { inputError } from '../errors.js';
import { writeFileAtomic, writeFileStreaming } from '../node/atomic-file.js';
import { readImageFile } from '../node/images/decode.js';
import { encodePng } from '../node/images/encode.js';
import type { OverlayJob } from '../node/images/jobs.js';
import { writeSafetensors } from '../weights/index.js';
import { confidenceOf } from '../zian/calibration.js';
import { regionLabels } from '../zian/describe.js';
import type { RgbaImage } from '../zian/image.js';
import type { OverlayResult } from '../zian/overlay.js';
import type { Engine, Heatmaps, Localization, OpenedEngine } from './engine.js';
import { caption } from './localize-format.js';
import type { DecodedImage, Found, ImageResult, LocalizeHow } from './localize-result.js';

/** @throws ZianError (input), see `readImageFile` */
export async function decode(path: string): Promise<DecodedImage> {
  const start = performance.now();
  const image = await readImageFile(path);
  return { path, image, decodeMilliseconds: performance.now() - start };
}

/**
 * A result with its confidence, where there is a calibration.
 * @param path of the image, for messages
 * @throws ZianError (input) where a heat map is not finite, so that it has no peak
 */
export function checkedResult(
  path: string,
  result: Localization,
  { calibration }: Pick<LocalizeHow, 'calibration'>,
): Found {
  const { coarse, fine } = result.peak;
  if (!Number.isFinite(coarse) || !Number.isFinite(fine)) {
    const which = Number.isFinite(coarse) ? 'fine' : 'coarse';
    throw inputError(
      `${path}: the ${which} heat map is not finite (its largest value is ${result.peak[which]}), so no landmark can be given; check the model with \`zian verify\`, or compute with --dtype f32.`,
    );
  }
  return calibration === undefined ? result : { ...result, confidence: confidenceOf(calibration, result) };
}

/** What an image's overlay shows: heat map, regions and landmark. */
export const overlayJob = (done: ImageResult, heatmaps: Heatmaps, { config }: Engine): OverlayJob => ({
  image: done.image,
  results: [overlayResult(done.result, heatmaps, regionLabels(config))],
  caption: caption(done),
});

/** Writes a picture; it appears under its name when it is complete. */
export const writePicture = (path: string, picture: RgbaImage): Promise<void> =>
  writeFileAtomic(path, encodePng(picture));

/** A result as the overlay draws it. */
export const overlayResult = (
  { landmark, coarse: estimate, rois }: Localization,
  { coarse, fine }: Heatmaps,
  labels: readonly string[],
): OverlayResult => ({
  landmark,
  coarse: estimate,
  rois: rois.map((roi, i) => ({ ...roi, label: labels[i] ?? `region ${i + 1}` })),
  coarseHeatmap: coarse,
  ...(fine === undefined ? {} : { heatmap: fine }),
});

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
