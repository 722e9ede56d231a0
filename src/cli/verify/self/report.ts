import type { DeviceReport } from '../../../graph/device.js';
import type { ModelDtype } from '../../../zian/model-file.js';
import type { LayerOutput } from './check-layer.js';

/** A layer of the network, as far as it was found out. */
export interface LayerRow extends LayerOutput {
  /** Module path in the checkpoint. */
  readonly layer: string;
  readonly kernel: string;
  readonly variant: string;
  readonly dtype: string;
  readonly ok: boolean;
  /** An input that is no longer what the layer before had left there. */
  readonly overwritten?: string;
}

/** What `zian verify --self` has found, without anything about the user, the image or the machine's files. */
export interface SelfReport {
  readonly format: 'zian-webgpu self-verification';
  readonly ok: boolean;
  /** In running order. */
  readonly firstBad: string | null;
  readonly dtype: ModelDtype;
  /** Of its checkpoint: says which model, and nothing else. */
  readonly modelSha256: string | null;
  readonly samples: number;
  readonly seconds: number;
  readonly adapter: DeviceReport;
  readonly versions: Readonly<Record<string, string>>;
  readonly layers: readonly LayerRow[];
}

/** Two parts at least: a single slash stands in names of drivers. */
const PATH = /(?:[A-Za-z]:)?(?:[\\/][\w.~+-]+){2,}/g;

/**
 * A report's text, with what may name a user or a folder taken out of it, wherever it stands: drivers put paths into their
 * descriptions.
 * @param secrets the user's name, home and current folder, in any order; short ones would garble the report and are left
 */
export function redacted(report: SelfReport, secrets: readonly string[]): string {
  const hide = (text: string): string =>
    secrets
      .filter((secret) => secret.length > 2)
      .reduce((rest, secret) => rest.replaceAll(secret, '***'), text.replace(PATH, '***'));
  const { name, vendor, architecture, description, backend } = report.adapter;
  const adapter = {
    ...report.adapter,
    ...Object.fromEntries(
      Object.entries({ name, vendor, architecture, description, backend }).map(([key, text]) => [
        key,
        hide(text),
      ]),
    ),
  };
  // JSON has no NaN and no infinity, which are what such a report is about.
  const number = (_: string, value: unknown): unknown =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  return `${JSON.stringify({ ...report, adapter }, number, 1)}\n`;
}
