// Starts writing a file and is told to stop in the middle, as by Ctrl-C; run as a process of its own.
import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeFileStreaming } from '../../src/node/atomic-file.js';

const path = process.argv[2] ?? '';
await writeFileStreaming(path, async (sink) => {
  await sink.write(new Uint8Array(1000));
  console.log(readdirSync(dirname(path)).length);
  process.exit(7);
});
