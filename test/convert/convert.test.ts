import { describe, expect, it } from 'vitest';
import { bytesSource, float16ToFloat32, memorySink, openSafetensors } from '../../src/weights/index.js';
import {
  type ConvertProgress,
  convertCheckpoint,
  readCheckpoint,
  type StateDict,
  selectStateDict,
} from '../../tools/convert-weights/index.js';
import { checkpointZip, dictPickle, int, tensor } from './archives.js';
import { fixtureSource } from './fixtures.js';

const stateDictOf = async (file: string): Promise<StateDict> =>
  selectStateDict(await readCheckpoint(fixtureSource(file)));

const floats = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);

/** A state dict with tensors of 4 float32 each. */
async function madeOf(values: Readonly<Record<string, readonly number[]>>): Promise<StateDict> {
  const names = Object.keys(values);
  const pickle = dictPickle(Object.fromEntries(names.map((name, i) => [name, tensor({ key: `${i}` })])));
  const storages = Object.fromEntries(names.map((name, i) => [`${i}`, floats(...(values[name] ?? []))]));
  return selectStateDict(await readCheckpoint(bytesSource('made.pth', checkpointZip(pickle, storages))));
}

const ignore = (name: string): boolean => name.endsWith('num_batches_tracked');

const planOf = ({ tensors }: StateDict) =>
  [...tensors].filter(([name]) => !ignore(name)).map(([name, { shape }]) => ({ name, shape }));

async function converted(stateDict: StateDict, dtype: 'f32' | 'f16', plan = planOf(stateDict)) {
  const sink = memorySink();
  const progress: ConvertProgress[] = [];
  const onProgress = (step: ConvertProgress): void => void progress.push(step);
  const metadata = { source: 'test' };
  const result = await convertCheckpoint(stateDict, { dtype, plan, sink, ignore, metadata, onProgress });
  return { file: await openSafetensors(bytesSource('out', sink.bytes())), progress, result };
}

describe('selectStateDict', () => {
  it('takes the best weights, and drops "module."', async () => {
    for (const file of ['training-zip.pth', 'training-legacy.pth']) {
      const { tensors, wrapper } = await stateDictOf(file);
      expect(wrapper).toBe('best_state_dict');
      expect([...tensors.keys()]).toEqual([...(await stateDictOf('bare.pth')).tensors.keys()]);
    }
  });

  it('takes a bare state dict as it is', async () => {
    const { tensors, wrapper } = await stateDictOf('bare.pth');
    expect(wrapper).toBeNull();
    expect(tensors.get('conv.weight')?.shape).toEqual([3, 2, 3, 3]);
  });

  const nested = (name: string) => [0x7d, ...dictPickle({ [name]: tensor({}) }).slice(3, -1)];

  it.each([
    ['best_state_dict', ['state_dict', 'model', 'best_state_dict']],
    ['state_dict', ['net', 'model', 'state_dict']],
    ['model', ['net', 'model_state_dict', 'model']],
    ['model_state_dict', ['model_state_dict', 'net']],
    ['net', ['other', 'net']],
  ])('prefers %s', async (wanted, wrappers) => {
    const pickle = dictPickle(
      Object.fromEntries(wrappers.map((wrapper) => [wrapper, nested(`of_${wrapper}`)])),
    );
    const source = bytesSource('m', checkpointZip(pickle, { 0: floats(1, 2, 3, 4) }));
    const { tensors, wrapper } = selectStateDict(await readCheckpoint(source));
    expect(wrapper).toBe(wanted);
    expect([...tensors.keys()]).toEqual([`of_${wanted}`]);
  });

  it('passes over wrappers without tensors, and names like a wrapper', async () => {
    const pickle = dictPickle({ best_state_dict: [0x7d], state_dict: int(3), model: nested('w') });
    const source = bytesSource('m', checkpointZip(pickle, { 0: floats(1, 2, 3, 4) }));
    expect(selectStateDict(await readCheckpoint(source)).wrapper).toBe('model');
  });

  it('refuses names that become one, and files without tensors', async () => {
    await expect(madeOf({ 'module.w': [1, 2, 3, 4], w: [1, 2, 3, 4] })).rejects.toThrow(
      /"w" both with and without/,
    );
    await expect(madeOf({})).rejects.toThrow(/no tensors/);
  });
});

describe('convertCheckpoint', () => {
  it('writes the tensors of the plan as float32, in its order, with the metadata', async () => {
    const stateDict = await stateDictOf('training-zip.pth');
    const plan = planOf(stateDict).reverse();
    const { file, progress, result } = await converted(stateDict, 'f32', plan);
    expect([...file.tensors.keys()]).toEqual(plan.map(({ name }) => name));
    expect(file.metadata).toEqual({ source: 'test' });
    let parameters = 0;
    for (const { name, shape } of plan) {
      expect(file.tensors.get(name)).toMatchObject({ dtype: 'F32', shape });
      expect(await file.readBytes(name)).toEqual(await stateDict.tensors.get(name)?.bytes());
      parameters += stateDict.tensors.get(name)?.count ?? 0;
    }
    expect(result).toMatchObject({ tensors: plan.length, parameters });
    expect(progress.map(({ name }) => name)).toEqual(plan.map(({ name }) => name));
    expect(progress.at(-1)?.done).toBe(progress.at(-1)?.total);
    expect(progress.at(-1)?.total).toBe(4 * parameters);
  });

  it('writes float16, rounded to nearest', async () => {
    const stateDict = await stateDictOf('training-legacy.pth');
    const { file } = await converted(stateDict, 'f16');
    for (const [name, { dtype }] of file.tensors) {
      expect(dtype).toBe('F16');
      const raw = await stateDict.tensors.get(name)?.bytes();
      const exact = new Float32Array(raw?.slice().buffer ?? new ArrayBuffer(0));
      const halves = await file.readFloat32(name);
      exact.forEach((value, i) => {
        expect(Math.abs((halves[i] ?? 0) - value)).toBeLessThanOrEqual(Math.abs(value) * 2 ** -11 + 2 ** -25);
      });
    }
  });

  it('decodes every floating dtype and any strides', async () => {
    const { tensors } = await readCheckpoint(fixtureSource('everything-zip-p4.pth'));
    const pick = ['float16', 'bfloat16', 'float32', 'float64'].map((dtype) => `dtypes.${dtype}`);
    const names = [
      ...pick,
      'views.transposed',
      'views.doubles',
      'views.halves',
      'views.empty',
      'views.scalar',
    ];
    const picked = new Map([...tensors].filter(([name]) => names.includes(name)));
    const { file } = await converted({ source: 'm', tensors: picked, wrapper: null }, 'f32');
    const exact = await file.readFloat32('dtypes.float32');
    const half = await file.readFloat32('dtypes.float16');
    const brain = await file.readFloat32('dtypes.bfloat16');
    expect(await file.readFloat32('dtypes.float64')).toEqual(exact);
    exact.forEach((value, i) => {
      expect(Math.abs((half[i] ?? 0) - value)).toBeLessThanOrEqual(Math.abs(value) * 2 ** -11);
      expect(Math.abs((brain[i] ?? 0) - value)).toBeLessThanOrEqual(Math.abs(value) * 2 ** -8);
    });
    expect(half).toEqual(
      float16ToFloat32(
        new Uint16Array((await tensors.get('dtypes.float16')?.bytes())?.slice().buffer ?? new ArrayBuffer(0)),
      ),
    );
    expect([...(await file.readFloat32('views.transposed'))].slice(0, 6)).toEqual([0, 5, 10, 15, 1, 6]);
    expect([...(await file.readFloat32('views.doubles'))]).toEqual([1, 7, 13, 19]);
    expect([...(await file.readFloat32('views.halves'))]).toEqual([7, 13, 19, 9, 15, 21, 11, 17, 23]);
    expect([...(await file.readFloat32('views.scalar'))]).toEqual([2.5]);
    expect(file.tensors.get('views.empty')).toMatchObject({ shape: [0, 3], byteLength: 0 });
  });

  it('lists everything that is missing, misshapen, of another type or unexpected at once', async () => {
    const stateDict = await stateDictOf('bare.pth');
    const plan = [
      { name: 'conv.weight', shape: [3, 2, 5, 5] },
      { name: 'bn.num_batches_tracked', shape: [] },
      { name: 'new.weight', shape: [7] },
      { name: 'newer.weight', shape: [8, 9] },
    ];
    const sink = { write: () => Promise.reject(new Error('nothing may be written')) };
    const failure = convertCheckpoint(stateDict, {
      dtype: 'f32',
      plan,
      sink,
      ignore: (name) => name === 'head.bias',
    });
    const message = await failure.catch((error: unknown) => String(error));
    expect(message).toContain('missing: new.weight [7]');
    expect(message).toContain('missing: newer.weight [8,9]');
    expect(message).toContain('misshapen: conv.weight is [3,2,3,3], needed is [3,2,5,5]');
    expect(message).toContain('not floating-point: bn.num_batches_tracked is int64');
    expect(message).toContain('unexpected: bn.running_mean [3]');
    expect(message).not.toContain('head.bias');
    await expect(failure).rejects.toMatchObject({ name: 'ZianError', kind: 'input' });
  });

  it.each<[string, number[], 'f32' | 'f16', RegExp]>([
    [
      'NaN',
      [1, 2, Number.NaN, 4],
      'f32',
      /made\.pth: tensor "b" has NaN at \[2\]; these weights cannot be used/,
    ],
    ['infinity', [1, Number.NEGATIVE_INFINITY, 2, 2], 'f16', /tensor "b" has -Infinity at \[1\]/],
    [
      'a value too large for float16',
      [1, 2, 3, 65520],
      'f16',
      /tensor "b" has 65520 at \[3\], which is too large for float16/,
    ],
  ])('refuses %s', async (_, values, dtype, message) => {
    const stateDict = await madeOf({ a: [1, 2, 3, 4], b: values });
    await expect(converted(stateDict, dtype)).rejects.toThrow(message);
  });

  it('accepts the largest value of float16', async () => {
    const { file } = await converted(await madeOf({ a: [65504, -65519, 0, 1e-9] }), 'f16');
    expect([...(await file.readFloat32('a'))]).toEqual([65504, -65504, 0, 0]);
  });

  it('refuses a float64 that float32 cannot hold', async () => {
    const pickle = dictPickle({
      d: tensor({ storageClass: 'DoubleStorage', shape: [2, 2], strides: [2, 1] }),
    });
    const storage = new Uint8Array(Float64Array.of(1, 2, 1e300, 4).buffer);
    const source = bytesSource('made.pth', checkpointZip(pickle, { 0: storage }));
    const stateDict = selectStateDict(await readCheckpoint(source));
    await expect(converted(stateDict, 'f32')).rejects.toThrow(
      /"d" has 1e\+300 at \[1,0\], which is too large for float32/,
    );
  });
});
