import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { findImages, tableNames } from '../../src/node/find-images.js';
import { testFolder } from '../cli/support.js';

const folder = testFolder();
const at = (...names: string[]): string => join(folder, ...names);

beforeAll(() => {
  for (const name of ['z', 'b/deep', '.hidden', 'empty']) mkdirSync(at('root', name), { recursive: true });
  for (const name of [
    'V10.jpg',
    'V2.JPG',
    'b/a.png',
    'b/deep/x.tiff',
    'z/V2.jpeg',
    'notes.txt',
    'b/a.overlay.png',
    '.hidden/h.png',
    '._V2.jpg',
    'empty/readme.md',
  ])
    writeFileSync(at('root', name), '');
  writeFileSync(at('root', 'list.csv'), '\ufeffpatient,path\n1,V10.jpg\n2,"b/a.png"\n,\n');
  writeFileSync(at('root', 'list.txt'), 'b/a.png\r\n\r\nnowhere.png\r\n');
  writeFileSync(at('root', 'other.csv'), 'file\nV10.jpg\n');
});

const names = async (...inputs: string[]): Promise<string[]> =>
  (await findImages(inputs)).images.map(({ name }) => name);

describe('finding images', () => {
  it('takes DICOM files without an ending by their content', async () => {
    const dicom = new Uint8Array(140);
    dicom.set(new TextEncoder().encode('DICM'), 128);
    mkdirSync(at('dicom'));
    for (const name of ['IM0001', '1.2.840.113619.2', 'b.dcm', 'DICOMDIR', 'report.html'])
      writeFileSync(at('dicom', name), dicom);
    writeFileSync(at('dicom', 'README'), 'short');
    expect(await names(at('dicom'))).toEqual(['1.2.840.113619.2', 'IM0001', 'b.dcm']);
  });

  it('goes through folders in an order that no machine changes, without hidden files and overlays', async () => {
    const { images, problems } = await findImages([at('root')]);
    expect(problems).toEqual([]);
    expect(images.map(({ name }) => name)).toEqual([
      'V10.jpg',
      'V2.JPG',
      'b/a.png',
      'b/deep/x.tiff',
      'z/V2.jpeg',
    ]);
    expect(images[2]?.path).toBe(at('root', 'b', 'a.png'));
  });

  it('expands patterns', async () => {
    const found = await names(at('root', '**', '*.{png,tiff}'));
    expect(found).toEqual([at('root/b/a.png'), at('root/b/deep/x.tiff')]);
  });

  it('reads lists, with paths that are relative to them', async () => {
    const { images } = await findImages([at('root', 'list.csv'), at('root', 'list.txt')]);
    expect(images).toEqual([
      { path: at('root', 'V10.jpg'), name: 'V10.jpg' },
      { path: at('root', 'b/a.png'), name: 'b/a.png' },
      // What is not there is told when it is read.
      { path: at('root', 'nowhere.png'), name: 'nowhere.png' },
    ]);
  });

  it('takes files whatever they are called, once', async () => {
    const odd = at('root', 'notes');
    writeFileSync(odd, '');
    expect(await names(odd, at('root', 'b'), at('root', 'b', '..', 'b', 'a.png'))).toEqual([
      odd,
      'a.png',
      'deep/x.tiff',
    ]);
  });

  it('says what gives no images, and goes on', async () => {
    const inputs = [at('root', 'empty'), at('root', '*.webp'), at('root', 'other.csv'), at('root', 'b')];
    const { images, problems } = await findImages(inputs);
    expect(images).toHaveLength(2);
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringContaining('the folder has no images in it (.png, .jpg'),
      expect.stringContaining('no file matches the pattern'),
      expect.stringContaining("needs a column 'path'; its columns are 'file'"),
    ]);
  });
});

describe('names in tables', () => {
  const named = (...entries: string[]) =>
    tableNames(entries.map((name) => ({ name, path: `/data/${name}` })));
  it('are file names, or paths where two would be alike', () => {
    expect(named('a/1.png', 'b/2.png')).toEqual(['1.png', '2.png']);
    expect(named('a/1.png', 'b/1.png')).toEqual(['a/1.png', 'b/1.png']);
    const twice = [
      { name: '1.png', path: '/x/1.png' },
      { name: '1.png', path: '/y/1.png' },
    ];
    expect(tableNames(twice)).toEqual(['/x/1.png', '/y/1.png']);
  });
});
