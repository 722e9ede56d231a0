import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import type { NetworkFiles } from '../runner.js';

/** Folders that are served, by the first part of the address. */
export interface Served {
  /** This build. */
  readonly dist: string;
  /** The peers' packages. */
  readonly modules: string;
}

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
  '.html': 'text/html',
};

/** A page is cross-origin isolated by these, which WebAssembly's threads need. */
const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cache-Control': 'no-store',
} as const;

const TFJS = ['tfjs-core/dist/tf-core.min.js', 'tfjs-backend-cpu/dist/tf-backend-cpu.min.js'].concat(
  'tfjs-backend-webgpu/dist/tf-backend-webgpu.min.js',
);
/** Scripts that a page loads before its own, which are no modules. */
const SCRIPTS: Readonly<Record<string, readonly string[]>> = {
  tfjs: TFJS.map((path) => `/modules/@tensorflow/${path}`),
};

function pageText(name: string): string {
  const scripts = (SCRIPTS[name] ?? []).map((path) => `<script src="${path}"></script>`);
  return `<!doctype html><title>${name}</title>${scripts.join('')}<script type="module" src="/dist/bench/peers/pages/${name}.js"></script>`;
}

async function bodyOf(request: IncomingMessage): Promise<Float32Array> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  const { buffer, byteOffset, byteLength } = Buffer.concat(parts);
  return new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
}

/** Serves pages, packages and one network to browsers on this machine, and takes their results. */
export class PageServer {
  readonly results = new Map<string, Float32Array>();
  readonly #served: Served;
  readonly #files: NetworkFiles;
  readonly #server: Server;

  private constructor(served: Served, files: NetworkFiles) {
    this.#served = served;
    this.#files = files;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => {
        response.writeHead(404, ISOLATED).end();
      });
    });
  }

  static async open(served: Served, files: NetworkFiles): Promise<PageServer> {
    const { promise, resolve, reject } = withResolvers();
    const server = new PageServer(served, files);
    server.#server.once('error', reject).listen(0, '127.0.0.1', resolve);
    await promise;
    return server;
  }

  /** `http://127.0.0.1:PORT` */
  get address(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the server is not open');
    return `http://127.0.0.1:${address.port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', this.address);
    const [, folder = '', ...rest] = decodeURIComponent(pathname).split('/');
    if (request.method === 'POST' && folder === 'results') {
      this.results.set(rest.join('/'), await bodyOf(request));
      response.writeHead(204, ISOLATED).end();
      return;
    }
    if (folder === 'network' && rest.join() === 'spec') {
      response.writeHead(200, { ...ISOLATED, 'Content-Type': 'application/json' });
      response.end(JSON.stringify(this.#files.spec));
      return;
    }
    if (folder.endsWith('.html')) {
      response.writeHead(200, { ...ISOLATED, 'Content-Type': 'text/html' });
      response.end(pageText(folder.slice(0, -'.html'.length)));
      return;
    }
    const path = this.#pathOf(folder, rest);
    const { size } = await stat(path);
    const type = TYPES[extname(path)] ?? 'application/octet-stream';
    response.writeHead(200, { ...ISOLATED, 'Content-Type': type, 'Content-Length': size });
    createReadStream(path).pipe(response);
  }

  /** A file that may be read; throws for any other. */
  #pathOf(folder: string, rest: readonly string[]): string {
    const { weights, onnx, input } = this.#files;
    const own = { weights, onnx, input }[rest.join('/')];
    if (folder === 'network' && own !== undefined) return own;
    const base = { dist: this.#served.dist, modules: this.#served.modules }[folder];
    if (base === undefined) throw new Error(`nothing is served under ${folder}`);
    const path = normalize(join(base, ...rest));
    if (!path.startsWith(base + sep)) throw new Error(`${path} is not under ${base}`);
    return path;
  }
}

function withResolvers(): { promise: Promise<void>; resolve: () => void; reject: (error: Error) => void } {
  let resolve: () => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
