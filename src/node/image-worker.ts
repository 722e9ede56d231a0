// The program of a worker thread that decodes images and draws overlays, one request at a time.
import { parentPort } from 'node:worker_threads';
import { ZianError } from '../errors.js';
import { inProcessJobs } from './images/jobs.js';
import type { WorkerRequest, WorkerResponse } from './images/worker-protocol.js';

async function answer(request: WorkerRequest): Promise<WorkerResponse> {
  try {
    if (request.kind === 'decode') {
      return { kind: 'image', image: await inProcessJobs.decode(request.path) };
    }
    return { kind: 'picture', bytes: await inProcessJobs.drawOverlay(request.job) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: 'error', error: error instanceof ZianError ? error.kind : undefined, message };
  }
}

/** Bytes with a buffer of their own are handed over, not copied. */
function handedOver(response: WorkerResponse): ArrayBuffer[] {
  if (response.kind === 'error') return [];
  const bytes = response.kind === 'image' ? response.image.data : response.bytes;
  return bytes.buffer instanceof ArrayBuffer && bytes.byteLength === bytes.buffer.byteLength
    ? [bytes.buffer]
    : [];
}

const port = parentPort;
if (port === null) throw new Error('image-worker runs as a worker thread');
port.on('message', (request: WorkerRequest) => {
  void answer(request).then((response) => port.postMessage(response, handedOver(response)));
});
