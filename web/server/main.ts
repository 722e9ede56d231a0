import { fileURLToPath } from 'node:url';
import { servePage } from './server.js';

const PORT = 8033;

const port = Number(process.argv[2] ?? PORT);
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  process.stderr.write(
    `${process.argv[2]} is no port; give a number from 1 to 65535, or none for ${PORT}.\n`,
  );
  process.exit(2);
}
try {
  const server = await servePage(fileURLToPath(new URL('../web', import.meta.url)), port);
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  process.stdout.write(`The page is at http://localhost:${bound}/ (Ctrl+C ends it)\n`);
} catch (error) {
  const why = error instanceof Error ? error.message : String(error);
  process.stderr.write(
    `The page cannot be served: ${why}. Build it with npm run build, or give another port.\n`,
  );
  process.exit(1);
}
