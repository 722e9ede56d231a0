import { printable } from '../weights/index.js';
import type { ZianConfig } from '../zian/config.js';
import { describeNetwork } from '../zian/describe.js';
import type { Converted, ConvertRequest } from './convert.js';

function describeConfig(config: ZianConfig): string {
  const { dataset, imageSize, cropSize, dsFactor, regionRadius, flipTest, clahe } = config;
  const regions = config.hrnetOnly ? '' : `, regions ${2 * regionRadius}x${2 * regionRadius}`;
  return `${dataset}, image ${imageSize.join('x')}, crop ${cropSize.join('x')}, coarse stage at 1/${dsFactor}${regions}${flipTest ? ', flip test' : ''}${clahe ? ', CLAHE' : ''}`;
}

/** What was converted, for people. */
export function formatConverted(request: ConvertRequest, converted: Converted, milliseconds: number): string {
  const { format, wrapper, tensors, parameters, bytes, sha256, architecture } = converted;
  const rows = [
    ['model', request.output],
    ['configuration', describeConfig(request.config)],
    ['network', describeNetwork(architecture)],
    ['weights', `${tensors} tensors, ${parameters.toLocaleString('en-US')} parameters, ${request.dtype}`],
    ['size', `${(bytes / 1e6).toFixed(1)} MB`],
    ['checkpoint', `${request.checkpoint} (${format}${wrapper === null ? '' : `, ${wrapper}`})`],
    ['SHA-256', sha256],
    ['time', `${(milliseconds / 1000).toFixed(1)} s`],
  ] as const;
  return rows.map(([title, text]) => `${title.padEnd(15)}${printable(text)}\n`).join('');
}
