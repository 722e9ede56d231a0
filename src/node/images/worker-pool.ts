import { Worker } from 'node:worker_threads';
import { inputError, ZianError } from '../../errors.js';
import type { RgbaImage } from '../../zian/image.js';
import type { ImageJobs, OverlayJob } from './jobs.js';
import type { WorkerRequest, WorkerResponse } from './worker-protocol.js';

interface Task {
  readonly request: WorkerRequest;
  readonly handOver: readonly ArrayBuffer[];
  readonly resolve: (response: WorkerResponse) => void;
  readonly reject: (error: unknown) => void;
}

const subject = (request: WorkerRequest): string =>
  request.kind === 'decode' ? request.path : (request.job.caption[0] ?? 'overlay');

/** Worker threads that decode images and draw overlays. Threads are started when there is work for them. */
export class ImageWorkers implements ImageJobs {
  readonly parallel: number;
  readonly #program: URL;
  readonly #waiting: Task[] = [];
  readonly #idle: Worker[] = [];
  readonly #busy = new Map<Worker, Task>();
  #closed = false;

  /** @param program of the threads: src/node/image-worker.ts, built */
  constructor(program: URL, parallel: number) {
    this.#program = program;
    this.parallel = parallel;
  }

  async decode(path: string): Promise<RgbaImage> {
    const response = await this.#submit({ kind: 'decode', path }, []);
    if (response.kind !== 'image') throw new Error('a worker decoded, and gave no image');
    return response.image;
  }

  async drawOverlay(job: OverlayJob): Promise<Uint8Array> {
    const { buffer, byteLength } = job.image.data;
    const own = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength;
    const response = await this.#submit({ kind: 'overlay', job }, own ? [buffer] : []);
    if (response.kind !== 'picture') throw new Error('a worker drew, and gave no picture');
    return response.bytes;
  }

  async close(): Promise<void> {
    this.#closed = true;
    const workers = [...this.#idle, ...this.#busy.keys()];
    for (const task of this.#waiting.splice(0)) task.reject(new Error('the workers were closed'));
    await Promise.all(
      workers.map((worker) => {
        // Idle threads do not keep the process alive, which would end before they have, and leave this unsettled.
        worker.ref();
        return worker.terminate();
      }),
    );
  }

  async #submit(request: WorkerRequest, handOver: readonly ArrayBuffer[]): Promise<WorkerResponse> {
    if (this.#closed) throw new Error('the workers were closed');
    const response = await new Promise<WorkerResponse>((resolve, reject) => {
      this.#waiting.push({ request, handOver, resolve, reject });
      this.#assign();
    });
    if (response.kind !== 'error') return response;
    if (response.error === undefined) throw new Error(`${subject(request)}: ${response.message}`);
    throw new ZianError(response.error, response.message);
  }

  #assign(): void {
    while (this.#waiting.length > 0 && !this.#closed) {
      const worker = this.#idle.pop() ?? (this.#busy.size < this.parallel ? this.#start() : undefined);
      if (worker === undefined) return;
      const task = this.#waiting.shift();
      if (task === undefined) return;
      this.#busy.set(worker, task);
      worker.ref();
      worker.postMessage(task.request, task.handOver);
    }
  }

  #start(): Worker {
    const worker = new Worker(this.#program);
    worker.on('message', (response: WorkerResponse) => {
      const task = this.#busy.get(worker);
      this.#busy.delete(worker);
      this.#idle.push(worker);
      // A thread without work does not keep the process alive, unless its end is being waited for.
      if (!this.#closed) worker.unref();
      task?.resolve(response);
      this.#assign();
    });
    worker.on('error', (error) => this.#lost(worker, error.message));
    worker.on('exit', (code) => this.#lost(worker, `its thread ended with code ${code}`));
    return worker;
  }

  /** A thread died, such as of too little memory: its image is to blame, and another thread takes its place. */
  #lost(worker: Worker, reason: string): void {
    const task = this.#busy.get(worker);
    this.#busy.delete(worker);
    const at = this.#idle.indexOf(worker);
    if (at !== -1) this.#idle.splice(at, 1);
    task?.reject(
      inputError(
        `${subject(task.request)}: the image could not be worked on (${reason}); try a smaller one.`,
      ),
    );
    this.#assign();
  }
}
