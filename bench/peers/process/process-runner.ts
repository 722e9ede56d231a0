import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { FirstResult, Runner } from '../runner.js';
import { type Answer, answerOf, type Command } from './protocol.js';

export interface ProcessOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Longest time for one command, in milliseconds. */
  readonly timeout: number;
}

/** How much of a process's stderr is kept for the message of its death. */
const KEPT = 2000;

type Of<T extends Answer['type']> = Extract<Answer, { type: T }>;

/** An engine in a child process. A crash or a timeout is an error of the command, never of this process. */
export class ProcessRunner implements Runner {
  readonly #timeout: number;
  readonly #child: ChildProcess;
  #waiting: ((answer: Answer) => void) | undefined;
  #ended: Answer | undefined;
  #stderr = '';

  constructor({ command, args, env, timeout }: ProcessOptions) {
    this.#timeout = timeout;
    this.#child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child.on('error', (error) => this.#end(`it cannot be started: ${error.message}`));
    this.#child.on('exit', (code, signal) => this.#end(this.#deathOf(code, signal)));
    // Writing to a process that has died is told by its exit.
    this.#child.stdin?.on('error', () => undefined);
    this.#child.stderr?.on('data', (bytes: Buffer) => {
      this.#stderr = `${this.#stderr}${bytes}`.slice(-KEPT);
    });
    if (this.#child.stdout)
      createInterface({ input: this.#child.stdout }).on('line', (line) => {
        const answer = answerOf(line);
        if (answer) this.#waiting?.(answer);
      });
  }

  async start(): Promise<FirstResult> {
    const { milliseconds, about, outputs } = await this.#ask('start', 'first');
    const read = new Map<string, Float32Array>();
    for (const [name, path] of Object.entries(outputs)) {
      const { buffer, byteOffset, byteLength } = await readFile(path);
      read.set(name, new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength)));
    }
    return { milliseconds, about, outputs: read };
  }

  async run(): Promise<number> {
    return (await this.#ask('run', 'run')).milliseconds;
  }

  async stop(): Promise<void> {
    if (this.#ended) return;
    const gone = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.stdin?.end();
    const patience = setTimeout(() => this.#child.kill('SIGKILL'), 5000);
    await gone;
    clearTimeout(patience);
  }

  async #ask<T extends 'first' | 'run'>(command: Command, type: T): Promise<Of<T>> {
    const answer = await new Promise<Answer>((resolve) => {
      if (this.#ended) {
        resolve(this.#ended);
        return;
      }
      const timer = setTimeout(() => {
        this.#end(`it did not answer within ${this.#timeout / 1000} s`);
        this.#child.kill('SIGKILL');
      }, this.#timeout);
      this.#waiting = (got) => {
        clearTimeout(timer);
        this.#waiting = undefined;
        resolve(got);
      };
      this.#child.stdin?.write(`${command}\n`);
    });
    if (answer.type === 'error') throw new Error(answer.message);
    if (!isOf(answer, type)) throw new Error(`it answered '${answer.type}' to '${command}'`);
    return answer;
  }

  #end(message: string): void {
    this.#ended ??= { type: 'error', message };
    this.#waiting?.(this.#ended);
  }

  #deathOf(code: number | null, signal: NodeJS.Signals | null): string {
    const last = this.#stderr.trim().split('\n').at(-1) ?? '';
    return `its process ended with ${signal ?? `exit code ${code}`}${last === '' ? '' : `: ${last}`}`;
  }
}

const isOf = <T extends Answer['type']>(answer: Answer, type: T): answer is Of<T> => answer.type === type;
