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
import type { Heatmaps, Localization, OpenedEngine } from './engine.js';
import { caption } from './localize-format.js';
import type { DecodedImage, Found, ImageResult, LocalizeHow } from './localize-result.js';

/** @throws ZianError (input), see `readImageFile` */
export async function decode(path: string): Promise<DecodedImage> {
  const start = performance.now();
  const image = await readImageFile(path);
  return { path, image, decodeMilliseconds: performance.now() - start };
}

/** @throws ZianError (input) where a heat map is not finite, so that it has no peak */
export async function localize(
  decoded: DecodedImage,
  opened: OpenedEngine,
  how: LocalizeHow,
): Promise<ImageResult> {
  const start = performance.now();
  const result = await findLandmark(decoded.path, decoded.image, opened, how);
  const totalMilliseconds = decoded.decodeMilliseconds + performance.now() - start;
  const { adapter, engine } = opened;
  return { ...decoded, result, adapter, notice: engine.metadata.notice, totalMilliseconds };
}

/**
 * The landmark of pixels that may be part of an image.
 * @param path of the image, for messages
 * @throws ZianError (input) where a heat map is not finite, so that it has no peak
 */
export async function findLandmark(
  path: string,
  image: RgbaImage,
  { engine }: OpenedEngine,
  how: LocalizeHow,
): Promise<Found> {
  const { flipTest, refine, calibration } = how;
  const result = await engine.localize(image, {
    ...(flipTest === undefined ? {} : { flipTest }),
    ...(refine === undefined ? {} : { refine }),
  });
  const { coarse, fine } = result.peak;
  if (!Number.isFinite(coarse) || !Number.isFinite(fine)) {
    const which = Number.isFinite(coarse) ? 'fine' : 'coarse';
    throw inputError(
      `${path}: the ${which} heat map is not finite (its largest value is ${result.peak[which]}), so no landmark can be given; check the model with \`zian verify\`, or compute with --dtype f32.`,
    );
  }
  return calibration === undefined ? result : { ...result, confidence: confidenceOf(calibration, result) };
}

/** What the overlay shows: heat map, regions and landmark. Takes the heat maps of the engine's last run. */
export async function overlayJob(done: ImageResult, { engine }: OpenedEngine): Promise<OverlayJob> {
  const shown = overlayResult(done.result, await engine.heatmaps(), regionLabels(engine.config));
  return { image: done.image, results: [shown], caption: caption(done) };
}

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
