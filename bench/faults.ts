import type { BenchReport } from './report.js';

/** What a run found wrong, a line each. */
export function faults({ kernels, model }: Pick<BenchReport, 'kernels' | 'model'>): string[] {
  const ofKernels = (kernels ?? []).flatMap(({ kernel, name, variants }) =>
    variants.flatMap((result) =>
      'wrong' in result ? [`${kernel}, ${name}, ${result.variant}: ${result.wrong}`] : [],
    ),
  );
  const ofModel = model?.check.wrong.map((sentence) => `model ${model.run}: ${sentence}`) ?? [];
  return [...ofKernels, ...ofModel];
}
