import { ZianError } from '../errors.js';
import type { Task } from '../node/bundled-models.js';
import type { OverlayJob } from '../node/images/jobs.js';
import type { RgbaImage } from '../zian/image.js';
import { cutScan, moveRight, scanHalfWidth } from '../zian/scan.js';
import type { BatchLocalization, Engine, OpenedEngine } from './engine.js';
import { checkedResult, overlayJob } from './localize.js';
import { resultJson, resultLine, scanJson, scanLine } from './localize-format.js';
import type { DecodedImage, Done, Found, LocalizeHow } from './localize-result.js';
import { scanOverlayJob } from './scan-overlay.js';

/** What came of one image or scan, as it is shown. */
export interface Localized {
  /** The image's result, or the left and the right half's. */
  readonly found: readonly Found[];
  /** As `--json` prints it. */
  readonly json: ReturnType<typeof resultJson> | ReturnType<typeof scanJson>;
  /** For people. */
  readonly line: string;
  readonly overlay?: OverlayJob;
}

/** What the network is given of an image: all of it, or a scan's halves. */
function partsOf(task: Task, { image, path }: DecodedImage): RgbaImage[] {
  if (task !== 'scleral-spur') return [image];
  const { left, right } = cutScan(image, path);
  return [left, right];
}

/** @throws ZianError (input) where a heat map is not finite */
function fundusOf(
  done: Done,
  [found]: readonly BatchLocalization[],
  how: LocalizeHow,
  engine: Engine,
): Localized {
  if (found === undefined) throw new Error('an image has one result');
  const { heatmaps, ...localization } = found;
  const complete = { ...done, result: checkedResult(done.path, localization, how) };
  const overlay = heatmaps && overlayJob(complete, heatmaps, engine);
  return {
    found: [complete.result],
    json: resultJson(complete),
    line: resultLine(complete),
    ...(overlay ? { overlay } : {}),
  };
}

/** @throws ZianError (input) where a heat map is not finite */
function scanOf(
  done: Done,
  [first, second]: readonly BatchLocalization[],
  how: LocalizeHow,
  engine: Engine,
): Localized {
  if (first === undefined || second === undefined) throw new Error('a scan has two results');
  const { heatmaps: leftMaps, ...left } = first;
  const { heatmaps: rightMaps, ...right } = second;
  const found = checkedResult(done.path, right, how);
  const halves = {
    left: checkedResult(done.path, left, how),
    right: { ...found, ...moveRight(found, scanHalfWidth(done.image.width, done.path)) },
  };
  const complete = { ...done, halves };
  const overlay = leftMaps && rightMaps && scanOverlayJob(complete, leftMaps, rightMaps, engine);
  return {
    found: [halves.left, halves.right],
    json: scanJson(complete),
    line: scanLine(complete),
    ...(overlay ? { overlay } : {}),
  };
}

/**
 * Finds the landmarks of one image.
 * @throws ZianError (input) as `localizeGroup` gives it
 */
export async function localizeOne(
  task: Task,
  decoded: DecodedImage,
  opened: OpenedEngine,
  how: LocalizeHow,
  draw: boolean,
): Promise<Localized> {
  const [result] = await localizeGroup(task, [decoded], opened, how, { draw });
  if (result === undefined) throw new Error(`${decoded.path} has no result`);
  return orThrow(result);
}

/**
 * Finds the landmarks of images that go through the network together: one of each, or a scan's two.
 * @param options.draw whether to give what overlays are drawn from as well
 * @returns by image, an error (input) where it is not of the task's kind, or a heat map is not finite
 * @throws whatever is not an image's fault; `signal.reason`
 */
export async function localizeGroup(
  task: Task,
  group: readonly DecodedImage[],
  { engine, adapter }: OpenedEngine,
  how: LocalizeHow,
  { draw, signal }: { readonly draw: boolean; readonly signal?: AbortSignal },
): Promise<(Localized | ZianError)[]> {
  const parts = group.map((decoded) => unlessUnusable(() => partsOf(task, decoded)));
  const { flipTest, refine } = how;
  const results = await engine.localizeBatch(
    parts.flatMap((images) => (images instanceof ZianError ? [] : images)),
    {
      ...(flipTest === undefined ? {} : { flipTest }),
      ...(refine === undefined ? {} : { refine }),
      heatmaps: draw,
      ...(signal === undefined ? {} : { signal }),
    },
  );
  return group.map((decoded, i) => {
    const images = parts[i] ?? [];
    if (images instanceof ZianError) return images;
    const own = results.splice(0, images.length);
    return unlessUnusable(() => {
      const found = own.map(orThrow);
      const done = {
        ...decoded,
        adapter,
        notice: engine.metadata.notice,
        totalMilliseconds: found.reduce(
          (sum, { milliseconds: { preprocess, network } }) => sum + preprocess + network,
          decoded.decodeMilliseconds,
        ),
      };
      return task === 'scleral-spur' ? scanOf(done, found, how, engine) : fundusOf(done, found, how, engine);
    });
  });
}

function orThrow<T>(result: T | ZianError): T {
  if (result instanceof ZianError) throw result;
  return result;
}

/** An error that is the image's, as a value. */
function unlessUnusable<T>(work: () => T): T | ZianError {
  try {
    return work();
  } catch (error) {
    if (error instanceof ZianError && error.kind === 'input') return error;
    throw error;
  }
}
