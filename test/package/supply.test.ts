import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { dependencies, permits, unlicensed } from '../../scripts/licences.mjs';
import { packageProblems } from '../../scripts/package-files.mjs';
import { testFolder } from '../cli/support.js';

const manifest: {
  readonly name: string;
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
} = JSON.parse(readFileSync('package.json', 'utf8'));
/** What these tests read of a workflow of GitHub Actions. */
interface Workflow {
  readonly jobs: { readonly publish: { readonly steps: readonly { readonly run?: string }[] } };
}

const folder = testFolder();

describe('licences', () => {
  it('of all dependencies are on the list', async () => {
    const packages = await dependencies('package-lock.json');
    expect(packages.length).toBeGreaterThan(100);
    expect(unlicensed(packages)).toEqual([]);
    const runtime = packages.filter(({ development }) => !development).map(({ name }) => name);
    expect(runtime).toEqual(expect.arrayContaining(Object.keys(manifest.dependencies)));
  });

  it('that are not on it are found, in dependencies of the package sooner than in tools', async () => {
    const lock = join(folder, 'package-lock.json');
    const entry = (license: string | undefined, dev = false) => ({ version: '1.0.0', license, dev });
    const packages = {
      '': {},
      'node_modules/a': entry('MIT'),
      'node_modules/b': entry('GPL-3.0-only'),
      'node_modules/c': entry('MPL-2.0'),
      'node_modules/d': entry('MPL-2.0', true),
      'node_modules/a/node_modules/@e/f': entry(undefined, true),
    };
    writeFileSync(lock, JSON.stringify({ packages }));
    expect(unlicensed(await dependencies(lock)).map(({ name }) => name)).toEqual(['b', 'c', '@e/f']);
  });

  it('are read as SPDX expressions', () => {
    const allowed = new Set(['MIT', 'ISC']);
    expect(permits('(GPL-2.0 OR MIT)', allowed)).toBe(true);
    expect(permits('MIT AND ISC', allowed)).toBe(true);
    expect(permits('MIT AND GPL-2.0', allowed)).toBe(false);
  });
});

describe('the package', () => {
  const module = (path: string, text: string): string => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
    return path;
  };

  it('is found to hold what nothing imports, and to lack what something does', async () => {
    const before = process.cwd();
    process.chdir(folder);
    try {
      const own = {
        exports: { '.': { types: './dist/types/src/a.d.ts', default: './dist/a.js' } },
        bin: { z: 'dist/z.js' },
      };
      const files = [
        module('dist/a.js', 'import { b } from "./chunks/b.js"; await import("./chunks/c.js");'),
        module('dist/chunks/b.js', 'new Worker(new URL("../worker.js", import.meta.url));'),
        module('dist/chunks/c.js', ''),
        module('dist/worker.js', ''),
        module('dist/z.js', ''),
        'dist/a.js.map',
        'package.json',
      ];
      expect(await packageProblems(own, files, 1000)).toEqual([]);
      expect(await packageProblems(own, [...files, 'dist/fuzz/main.js', 'test/a.ts'], 1000)).toEqual([
        'package: dist/fuzz/main.js is needed by nothing',
        'package: test/a.ts is needed by nothing',
      ]);
      expect(
        await packageProblems(
          own,
          files.filter((path) => path !== 'dist/worker.js'),
          1000,
        ),
      ).toEqual(['package: dist/worker.js is imported, and not in it']);
      expect(await packageProblems(own, files, 1e8)).toHaveLength(1);
    } finally {
      process.chdir(before);
    }
  });

  it('runs nothing when it is installed', () => {
    for (const name of ['preinstall', 'install', 'postinstall'])
      expect(manifest.scripts).not.toHaveProperty(name);
  });
});

it('the list of components is made from the lock file alone, and names every dependency', () => {
  const text = execFileSync('npm', ['run', '--silent', 'sbom'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const {
    bomFormat,
    metadata,
    components,
  }: {
    bomFormat: string;
    metadata: { component: { purl: string } };
    components: { purl: string; licenses?: unknown }[];
  } = JSON.parse(text);
  expect(bomFormat).toBe('CycloneDX');
  expect(metadata.component.purl).toBe(`pkg:npm/${manifest.name}@${manifest.version}`);
  const names = components.map(({ purl }) => /^pkg:npm\/(.+)@[^@]+$/.exec(decodeURIComponent(purl))?.[1]);
  expect(names).toEqual(expect.arrayContaining(Object.keys(manifest.dependencies)));
  expect(components.every(({ licenses }) => licenses !== undefined)).toBe(true);
});

describe('the release workflow', () => {
  const workflow = readFileSync('.github/workflows/release.yml', 'utf8');

  it('publishes with provenance, after the tests, and may do nothing else', () => {
    const { jobs }: Workflow = parse(workflow);
    expect(Object.keys(jobs)).toEqual(['publish']);
    const commands = jobs.publish.steps.flatMap(({ run }) => run?.trim().split('\n') ?? []);
    const at = (start: string) => commands.findIndex((command) => command.trim().startsWith(start));
    expect(at('npm publish --provenance')).toBe(commands.length - 1);
    for (const before of ['npm ci', 'npm audit', 'npm run check', 'npm test'])
      expect(at(before)).toBeGreaterThanOrEqual(0);
    expect(workflow).toMatch(/^ {6}id-token: write$/m);
    expect(workflow).not.toMatch(/(?:contents|packages|actions): write/);
  });

  it('uses actions of full versions', () => {
    const actions = [...workflow.matchAll(/uses: (\S+)/g)].map(([, action]) => action);
    expect(actions.length).toBeGreaterThan(2);
    for (const action of actions) expect(action).toMatch(/^actions\/[a-z-]+@v\d+\.\d+\.\d+$/);
  });
});
