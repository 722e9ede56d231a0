import { OutOfMemoryError } from '../errors.js';
import { activationBytes } from './activations.js';
import type { EngineDevice } from './device.js';
import type { PlannedGraph } from './steps.js';
import { constantBytes } from './upload.js';

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;

/** Of the constants, and of all that depends on the images. */
function bytesOf({ graph, steps, placement }: PlannedGraph): { weights: number; rest: number } {
  return {
    weights: constantBytes(graph.constants, steps),
    rest: activationBytes(graph, steps, placement),
  };
}

function total(planned: PlannedGraph): number {
  const { weights, rest } = bytesOf(planned);
  return weights + rest;
}

/**
 * An error of a graph that does not fit on a device: where that is memory, with the bytes that all of it takes and what
 * would take less; another error as it is.
 */
export function withMemoryAdvice(error: unknown, planned: PlannedGraph, device: EngineDevice): unknown {
  if (!(error instanceof OutOfMemoryError)) return error;
  const { steps, single } = planned;
  const { weights, rest } = bytesOf(planned);
  const half = steps.some(({ call }) => Object.values(call.outputs).some(({ dtype }) => dtype === 'f16'));
  const advice = [
    ...(single ? [`take a smaller batch (one image at a time takes ${megabytes(total(single))})`] : []),
    ...(!half && device.has('shader-f16')
      ? [`compute in half precision, which takes about ${megabytes((weights + rest) / 2)} (dtype f16)`]
      : []),
    'close what else uses the GPU',
    'run fewer models at a time',
    "leave out stages and dumps, which keep every layer's result",
    'or take another adapter',
  ];
  return new OutOfMemoryError(
    `${error.message} The network takes ${megabytes(weights + rest)}: ${megabytes(weights)} of weights and ${megabytes(rest)} for images and layers. To make it fit, ${advice.join(', ')}.`,
    { cause: error },
  );
}
