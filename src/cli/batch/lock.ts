import { rmSync } from 'node:fs';
import { type FileHandle, open, readFile, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { usageError } from '../../errors.js';

/** A lock that was not renewed for so long, in milliseconds, was left by a run that is gone. */
const STALE = 120_000;
const RENEW_EVERY = 20_000;

/** Whether a process of this machine is alive; one that we may not signal is. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Whether the run that made the lock may still be there. */
async function isHeld(path: string): Promise<boolean> {
  const [text, info] = await Promise.all([
    readFile(path, 'utf8').catch(() => undefined),
    stat(path).catch(() => undefined),
  ]);
  if (text === undefined || info === undefined) return false;
  const [pid = '', host = ''] = text.trim().split(' ');
  // Our own number is a dead process's: numbers come again, in containers at once.
  if (host === hostname() && /^\d+$/.test(pid)) return Number(pid) !== process.pid && isAlive(Number(pid));
  return Date.now() - info.mtimeMs < STALE;
}

/** Keeps two runs from writing to the same table: a file beside it, with the process and machine that hold it. */
export class Lock {
  readonly #path: string;
  readonly #timer: NodeJS.Timeout;
  readonly #removeAtExit: () => void;

  private constructor(path: string) {
    this.#path = path;
    this.#timer = setInterval(() => {
      const now = new Date();
      void utimes(path, now, now).catch(() => undefined);
    }, RENEW_EVERY);
    this.#timer.unref();
    this.#removeAtExit = () => rmSync(path, { force: true });
    process.once('exit', this.#removeAtExit);
  }

  /**
   * Takes the lock; one that a dead process of this machine holds, or that another machine has not renewed for two
   * minutes, is taken over.
   * @throws ZianError (usage) where another run holds it
   */
  static async take(path: string, table: string): Promise<Lock> {
    const first = await create(path);
    if (!first && (await isHeld(path))) {
      const [pid = '?', host = '?'] = (await readFile(path, 'utf8').catch(() => '')).trim().split(' ');
      throw usageError(
        `Another run (process ${pid} on ${host}) is writing to ${table}; wait for it, or remove ${path} if it is gone.`,
      );
    }
    if (!first) {
      await rm(path, { force: true });
      if (!(await create(path)))
        throw usageError(`Another run has begun to write to ${table} at this moment; wait for it.`);
    }
    return new Lock(path);
  }

  async release(): Promise<void> {
    clearInterval(this.#timer);
    process.off('exit', this.#removeAtExit);
    await rm(this.#path, { force: true });
  }
}

/** Whether the file was not there before. */
async function create(path: string): Promise<boolean> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'wx');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error';
    if (code === 'EEXIST') return false;
    throw usageError(`${path} cannot be written: ${code}.`, { cause });
  }
  await handle.writeFile(`${process.pid} ${hostname()}\n`);
  await handle.close();
  return true;
}
