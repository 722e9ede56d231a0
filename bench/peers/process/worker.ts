import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { FirstResult } from '../runner.js';
import { type Answer, MARK, type WorkerRequest } from './protocol.js';

/** An engine in its own process. */
export interface Engine {
  start(): Promise<FirstResult>;
  run(): Promise<number>;
}

const say = (answer: Answer): void => {
  process.stdout.write(`${MARK}${JSON.stringify(answer)}\n`);
};

/** A file of float32. */
export async function readFloats(path: string): Promise<Float32Array> {
  const bytes = await readFile(path);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

async function firstAnswer(engine: Engine, folder: string): Promise<Answer> {
  const { milliseconds, about, outputs } = await engine.start();
  const files: Record<string, string> = {};
  for (const [name, values] of outputs) {
    const path = join(folder, `${process.pid}-${name}.f32`);
    await writeFile(path, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    files[name] = path;
  }
  return { type: 'first', milliseconds, about, outputs: files };
}

/** Opens an engine with the request in this process's arguments and obeys the commands on stdin until it closes. */
export async function serve(open: (request: WorkerRequest) => Promise<Engine>): Promise<void> {
  const request: WorkerRequest = JSON.parse(process.argv[2] ?? '{}');
  let engine: Engine | undefined;
  for await (const line of createInterface({ input: process.stdin })) {
    try {
      engine ??= await open(request);
      if (line === 'start') say(await firstAnswer(engine, request.files.results));
      else say({ type: 'run', milliseconds: await engine.run() });
    } catch (error) {
      say({ type: 'error', message: error instanceof Error ? error.message : String(error) });
    }
  }
  // Not by falling off the end: a device that is still open may keep the process.
  process.exit(0);
}
