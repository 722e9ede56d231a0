import { readFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
};

/** What a path of the server gives: bytes, a folder whose files lie under it, or code of its own. */
export type Route =
  | { readonly bytes: string | Uint8Array }
  | { readonly folder: string }
  | { readonly answer: (response: ServerResponse) => void };

export interface StaticServer {
  /** `http://127.0.0.1:PORT`, without a slash at its end. */
  readonly origin: string;
  /** Paths that were asked for, in order. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/** Serves on a free port of this machine alone. */
export async function serve(routes: Readonly<Record<string, Route>>): Promise<StaticServer> {
  const requests: string[] = [];
  const find = (path: string): Route | undefined => {
    const exact = routes[path];
    if (exact) return exact;
    const prefix = Object.keys(routes).find(
      (key) => key.endsWith('/') && key !== '/' && path.startsWith(key),
    );
    return prefix === undefined ? undefined : routes[prefix];
  };
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname));
    requests.push(path);
    const route = find(path);
    try {
      if (!route) throw new Error(`no route for ${path}`);
      if ('answer' in route) return route.answer(response);
      const prefix = Object.keys(routes).find((key) => routes[key] === route) ?? '';
      const bytes =
        'bytes' in route ? route.bytes : await readFile(join(route.folder, path.slice(prefix.length)));
      const type = TYPES[path === '/' ? '.html' : extname(path)] ?? 'application/octet-stream';
      response.writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(bytes) });
      response.end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
