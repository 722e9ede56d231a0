import { homedir, userInfo } from 'node:os';
import { writeFileAtomic } from '../../../node/atomic-file.js';
import { bundledModel } from '../../../node/bundled-models.js';
import { readImageFile } from '../../../node/images/decode.js';
import { installedPackage } from '../../../node/versions.js';
import type { ModelDtype } from '../../../zian/model-file.js';
import type { CommandHost, GlobalOptions } from '../../context.js';
import { openModel } from '../../open-model.js';
import { startProgress } from '../../progress.js';
import { formatSelf } from './format.js';
import { testPicture } from './picture.js';
import { redacted } from './report.js';
import { verifySelf } from './verify-self.js';

export interface SelfRequest extends GlobalOptions {
  readonly model?: string | undefined;
  readonly image?: string | undefined;
  readonly samples: number;
  readonly dtype: ModelDtype;
  readonly report?: string | undefined;
  readonly json?: boolean | undefined;
}

/** Runs `zian verify --self`. */
export async function runSelf(host: CommandHost, request: SelfRequest): Promise<void> {
  const { samples, dtype, report: path, json = false } = request;
  const image = request.image === undefined ? testPicture() : await readImageFile(request.image);
  const opened = await openModel(host, request, request.model ?? (await bundledModel('fovea')), dtype);
  const progress = startProgress('verifying', host.streams, request);
  try {
    const report = await verifySelf(image, opened, {
      samples,
      dtype,
      versions: {
        'zian-webgpu': host.version,
        node: process.version,
        webgpu: (await installedPackage('webgpu'))?.version ?? 'none',
        platform: `${process.platform}-${process.arch}`,
      },
      onProgress: progress.update,
    });
    progress.finish();
    const text = redacted(report, [userName(), homedir(), process.cwd()]);
    if (path !== undefined) await writeFileAtomic(path, new TextEncoder().encode(text));
    host.streams.out(json ? text : formatSelf(report));
    if (!report.ok) host.exit(1);
  } finally {
    progress.finish();
    await opened.close();
  }
}

/** There may be none, as in some containers. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}
