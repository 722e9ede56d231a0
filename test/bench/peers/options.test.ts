import { describe, expect, it } from 'vitest';
import { parsePeersOptions } from '../../../bench/peers/options.js';
import { PEERS } from '../../../bench/peers/peers.js';
import { runPeersBench, selectPeers } from '../../../bench/peers/run.js';

function recorded() {
  const text = { out: '', err: '' };
  const streams = {
    out: (part: string) => {
      text.out += part;
    },
    err: (part: string) => {
      text.err += part;
    },
    terminal: undefined,
    outClosed: () => false,
  };
  return { text, streams };
}

const parse = (...args: string[]) => parsePeersOptions(args, recorded().streams);

describe('options of the bench of peers', () => {
  it('are all networks and peers on SwiftShader by default', () => {
    expect(parse()).toEqual({
      adapter: 'software',
      kinds: ['conv', 'backbone', 'model'],
      peers: [],
      tiny: false,
      budget: 30_000,
      timeout: 1_800_000,
      python: undefined,
      json: undefined,
    });
  });

  it('choose networks and peers', () => {
    const options = parse('--only', 'backbone', '--peers', ' PyTorch,onnxruntime-node ', '--budget', '2.5');
    expect(options).toMatchObject({
      kinds: ['backbone'],
      peers: ['pytorch', 'onnxruntime-node'],
      budget: 2500,
    });
    expect(selectPeers(PEERS, options.peers).map(({ name }) => name)).toEqual([
      'onnxruntime-node webgpu',
      'onnxruntime-node cpu',
      'pytorch cpu',
    ]);
  });

  it.each([
    [['--only', 'head'], /Allowed choices are conv, backbone, model/],
    [['--budget', '0'], '--budget 0: expected a positive number of seconds.'],
    [['--timeout', 'long'], '--timeout long: expected a positive number of seconds.'],
    [
      ['--peers', 'tensorrt'],
      /^error: --peers tensorrt: no peer has that in its name; there are onnxruntime-node/,
    ],
    [['--json', '/no/such/folder/x.json'], /its folder does not exist; make it first/],
    [['backbone'], /too many arguments/],
  ])('%j is wrong usage: one line, no stack', async (args, message) => {
    const { text, streams } = recorded();
    expect(
      await runPeersBench([...args, ...(args[0] === '--peers' ? ['--python', 'no-such-python'] : [])], {
        streams,
        debug: false,
      }),
    ).toBe(2);
    expect(text.err).toMatch(message);
    expect(text.err).not.toMatch(/\n\s+at /);
    expect(text.out).toBe('');
  });
});
