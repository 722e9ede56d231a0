import type { Architecture } from './architecture.js';
import type { ZianConfig } from './config.js';

/** What kind of ZIAN an architecture is, in a few words. */
export function describeNetwork(found: Architecture): string {
  const [, , last] = found.hrnet.stages;
  const backbone = `HRNet ${last.channels.join('-')}`;
  if (found.hrnetOnly) return `${backbone}, coarse stage only`;
  const { coAttention, selfAttention, rois } = found;
  return [
    backbone,
    rois.length === 1 ? '1 region' : `${rois.length} regions`,
    coAttention === false ? 'no co-attention' : `${coAttention} co-attention`,
    selfAttention === false
      ? 'no self-attention'
      : `self-attention by ${selfAttention.attractors} attractors`,
  ].join(', ');
}

/** What the regions are called, in the order of `Localization.rois`. */
export function regionLabels({ tripRoi, roiNum }: ZianConfig): string[] {
  if (!tripRoi) return ['region, scale 1'];
  const scales = roiNum === 3 ? ['1', '1.5', '2'] : ['1', '2'];
  return scales.map((scale) => `region, scale ${scale}`);
}
