import { bytesSource } from '../../../src/weights/byte-source.js';
import { openSafetensors, SAFETENSORS_DTYPES } from '../../../src/weights/index.js';
import { type Draw, EDGES, join, ODD_TEXTS } from '../draw.js';
import { check, type Format } from '../format.js';

/** A header's member as text, so that keys may come twice and values be no JSON. */
interface Member {
  key: string;
  value: string;
}

const DTYPES: Readonly<Record<string, number>> = SAFETENSORS_DTYPES;

interface Tensor {
  dtype: string;
  shape: number[];
  bytes: number;
}

function drawTensor(draw: Draw): Tensor {
  const dtype = draw.pick(Object.keys(DTYPES));
  const shape = Array.from({ length: draw.below(4) }, () => draw.below(5));
  return { dtype, shape, bytes: shape.reduce((product, size) => product * size, DTYPES[dtype] ?? 1) };
}

const info = ({ dtype, shape }: Tensor, begin: number, end: number): string =>
  JSON.stringify({ dtype, shape, data_offsets: [begin, end] });

/** A valid file's members, and how many bytes of data they describe. */
function drawMembers(draw: Draw): { members: Member[]; dataBytes: number } {
  const members: Member[] = draw.chance(0.5)
    ? [
        {
          key: '"__metadata__"',
          value: JSON.stringify({ format: 'zian', config: '{"format":1}', k: draw.pick(ODD_TEXTS) }),
        },
      ]
    : [];
  let at = 0;
  for (let i = draw.below(6); i >= 0; i--) {
    const tensor = drawTensor(draw);
    members.push({ key: JSON.stringify(`layer.${i}.weight`), value: info(tensor, at, at + tensor.bytes) });
    at += tensor.bytes;
  }
  return { members, dataBytes: at };
}

const oddValue = (draw: Draw): string =>
  draw.pick([
    'null',
    '[]',
    '{}',
    '-1',
    '1e308',
    '1e999',
    '0.5',
    '-0',
    'true',
    '""',
    '{"toString":1,"valueOf":2}',
    '[[[[]]]]',
    '9007199254740993',
    String(draw.pick(EDGES)),
    JSON.stringify(draw.pick(ODD_TEXTS)),
    '['.repeat(50),
    `${'['.repeat(30)}${']'.repeat(30)}`,
    `[${'1,'.repeat(100)}1]`,
    '"\\u001b[31m"',
  ]);

/** Replaces one number, string or list of a member's value. */
function mutateValue(draw: Draw, value: string): string {
  const places = [...value.matchAll(/-?\d+|"[^"]*"|\[[^[\]]*\]|[{},:]/g)];
  if (places.length === 0) return oddValue(draw);
  const place = draw.pick(places);
  const [old] = place;
  const fresh = /^-?\d+$/.test(old) && draw.chance(0.6) ? String(draw.near(Number(old))) : oddValue(draw);
  return (
    value.slice(0, place.index) + (draw.chance(0.1) ? '' : fresh) + value.slice(place.index + old.length)
  );
}

function mutateMembers(draw: Draw, members: Member[]): Member[] {
  const kind = draw.below(5);
  if (kind === 0) return draw.shuffled(members);
  const at = draw.below(members.length);
  return members.map((member, i) => {
    if (i !== at) return member;
    if (kind === 1) return { ...member, key: JSON.stringify(draw.pick(ODD_TEXTS)) };
    return kind === 2
      ? { ...member, value: oddValue(draw) }
      : { ...member, value: mutateValue(draw, member.value) };
  });
}

function encode(draw: Draw, members: readonly Member[], dataBytes: number): Uint8Array {
  const text = `{${members.map(({ key, value }) => `${key}:${value}`).join(',')}}`;
  const json = new TextEncoder().encode(
    draw.chance(0.05) ? draw.pick(['\ufeff', ' ', '[', '\0']) + text : text,
  );
  const padding = new Uint8Array(draw.chance(0.5) ? (8 - (json.length % 8)) % 8 : 0).fill(
    draw.chance(0.1) ? 0 : 0x20,
  );
  const length = new Uint8Array(8);
  const stated = json.length + padding.length;
  const view = new DataView(length.buffer);
  view.setBigUint64(0, BigInt(draw.chance(0.05) ? draw.near(stated) : stated), true);
  return join(
    length,
    json,
    padding,
    draw.bytes(draw.chance(0.1) ? Math.min(1e5, draw.near(dataBytes)) : dataBytes),
  );
}

export const safetensors: Format = {
  name: 'safetensors',
  mutate(draw) {
    let { members, dataBytes } = drawMembers(draw);
    for (let i = draw.below(4); i > 0; i--) if (members.length > 0) members = mutateMembers(draw, members);
    const bytes = encode(draw, members, dataBytes);
    return draw.chance(0.1) ? draw.scrambled(bytes) : bytes;
  },
  async read(bytes) {
    const file = await openSafetensors(bytesSource('m.safetensors', bytes));
    let total = 0;
    for (const [name, { dtype, shape, byteLength }] of file.tensors) {
      check(!/[\p{Cc}\p{Cf}]/u.test(name) && name !== '__proto__', 'a name that is refused by rule');
      const raw = await file.readBytes(name);
      check(raw.length === byteLength, 'a tensor of another length');
      total += byteLength;
      if (!dtype.startsWith('F8') && dtype !== 'C64') {
        const values = await file.readFloat32(name);
        check(
          values.length === shape.reduce((product, size) => product * size, 1),
          'elements unlike the shape',
        );
      }
    }
    const header = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
    check(total === bytes.length - 8 - header, 'bytes that no tensor has');
    return 0;
  },
};
