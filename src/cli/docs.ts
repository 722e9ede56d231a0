// `npm run docs:cli`: writes docs/cli.md.
import { writeFileAtomic } from '../node/atomic-file.js';
import { cliReference } from './reference.js';

await writeFileAtomic('docs/cli.md', cliReference());
