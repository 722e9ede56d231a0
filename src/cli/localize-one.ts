import type { Task } from '../node/bundled-models.js';
import type { OverlayJob } from '../node/images/jobs.js';
import type { OpenedEngine } from './engine.js';
import { localize, overlayJob } from './localize.js';
import { resultJson, resultLine, scanJson, scanLine } from './localize-format.js';
import type { DecodedImage, LocalizeHow } from './localize-result.js';
import { localizeScan } from './localize-scan.js';

/** What came of one image or scan, as it is shown. */
export interface Localized {
  /** As `--json` prints it. */
  readonly json: ReturnType<typeof resultJson> | ReturnType<typeof scanJson>;
  /** For people. */
  readonly line: string;
  readonly overlay?: OverlayJob;
}

/**
 * Finds the landmarks of an image: one, or a scan's two.
 * @param draw whether to give what an overlay is drawn from as well
 * @throws ZianError (input) where the image is not of the task's kind, or a heat map is not finite
 */
export async function localizeOne(
  task: Task,
  decoded: DecodedImage,
  opened: OpenedEngine,
  how: LocalizeHow,
  draw: boolean,
): Promise<Localized> {
  if (task === 'scleral-spur') {
    const { done, overlay } = await localizeScan(decoded, opened, how, draw);
    return { json: scanJson(done), line: scanLine(done), ...(overlay === undefined ? {} : { overlay }) };
  }
  const done = await localize(decoded, opened, how);
  const overlay = draw ? await overlayJob(done, opened) : undefined;
  return { json: resultJson(done), line: resultLine(done), ...(overlay === undefined ? {} : { overlay }) };
}
