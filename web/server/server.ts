import { createServer, type Server } from 'node:http';
import { resolve } from 'node:path';
import { readHeaders, readServed } from './files.js';

/**
 * Serves the built page, with its headers, to this machine alone.
 * @param folder what `npm run build` wrote, usually dist/web
 * @param port 0 for any that is free
 * @throws Error where the folder has no page, or the port is taken
 */
export async function servePage(folder: string, port: number): Promise<Server> {
  const root = resolve(folder);
  const headers = await readHeaders(root);
  const server = createServer(async (request, response) => {
    const { method, url = '/' } = request;
    if (method !== 'GET' && method !== 'HEAD') {
      response.writeHead(405, { Allow: 'GET, HEAD' }).end();
      return;
    }
    const file = await readServed(root, url.split(/[?#]/)[0] ?? '/');
    if (!file) {
      response.writeHead(404, { ...headers, 'Content-Type': 'text/plain; charset=utf-8' });
      response.end('Not found\n');
      return;
    }
    const shared = { ...headers, ETag: file.etag, 'Cache-Control': 'no-cache' };
    if (request.headers['if-none-match'] === file.etag) {
      response.writeHead(304, shared).end();
      return;
    }
    response.writeHead(200, {
      ...shared,
      'Content-Type': file.type,
      'Content-Length': file.bytes.byteLength,
    });
    response.end(method === 'HEAD' ? undefined : file.bytes);
  });
  return new Promise((started, failed) => {
    server.once('error', failed);
    server.listen(port, '127.0.0.1', () => started(server));
  });
}
