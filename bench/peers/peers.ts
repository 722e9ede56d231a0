import { join } from 'node:path';
import { openBrowser } from './browser/browser.js';
import type { Kind } from './networks.js';
import { KINDS } from './networks.js';
import { peersFolder } from './peer-package.js';
import { ProcessRunner } from './process/process-runner.js';
import type { WorkerRequest } from './process/protocol.js';
import type { NetworkFiles, Runner } from './runner.js';
import type { Python } from './surroundings.js';

/** What engines are opened with. */
export interface Setting {
  /** Of the clone. */
  readonly root: string;
  /** As `openDevice` takes it, and the name of what it means. */
  readonly adapter: string;
  readonly adapterName: string;
  /** In which a Vulkan loader finds the adapter. */
  readonly env: NodeJS.ProcessEnv;
  /** For one command, in milliseconds. */
  readonly timeout: number;
  /** Throws where there is none. */
  readonly python: () => Promise<Python>;
}

export type Host = 'node' | 'chromium';

/** An engine to compare with. */
export interface Peer {
  readonly name: string;
  /** Where it runs, and where ours runs beside it. */
  readonly host: Host;
  readonly kinds: readonly Kind[];
  open(setting: Setting, files: NetworkFiles): Promise<Runner>;
}

/** A process of this build. */
function nodeRunner(script: string, request: WorkerRequest, { root, env, timeout }: Setting): Runner {
  const path = join(root, 'dist', 'bench', 'peers', script);
  return new ProcessRunner({
    command: process.execPath,
    args: [path, JSON.stringify(request)],
    env,
    timeout,
  });
}

async function torchRunner(provider: string, setting: Setting, files: NetworkFiles): Promise<Runner> {
  const { command } = await setting.python();
  const script = join(peersFolder(setting.root), 'process', 'torch_worker.py');
  const request: WorkerRequest = { files, provider };
  return new ProcessRunner({
    command,
    args: [script, JSON.stringify(request)],
    env: setting.env,
    timeout: setting.timeout,
  });
}

const onnxruntimeNode = (provider: string): Peer => ({
  name: `onnxruntime-node ${provider}`,
  host: 'node',
  kinds: KINDS,
  open: async (setting, files) => nodeRunner('onnxruntime.js', { files, provider }, setting),
});

const inChromium = (name: string, page: string, kinds: readonly Kind[] = KINDS): Peer => ({
  name,
  host: 'chromium',
  kinds,
  open: (setting, files) => openBrowser(setting, files, page),
});

const pytorch = (provider: string): Peer => ({
  name: `pytorch ${provider}`,
  host: 'node',
  kinds: KINDS,
  open: (setting, files) => torchRunner(provider, setting, files),
});

/** PyTorch on a GPU; only where there is one. */
export const PYTORCH_CUDA = pytorch('cuda');

export const PEERS: readonly Peer[] = [
  onnxruntimeNode('webgpu'),
  onnxruntimeNode('cpu'),
  inChromium('onnxruntime-web webgpu', 'onnxruntime.html?provider=webgpu'),
  inChromium('onnxruntime-web wasm', 'onnxruntime.html?provider=wasm'),
  // It has no operator for the crops at a position that the network computes.
  inChromium('tfjs webgpu', 'tfjs.html', ['conv', 'backbone']),
  pytorch('cpu'),
];

/** Ours, where a peer's host is. */
export async function openOurs(host: Host, setting: Setting, files: NetworkFiles): Promise<Runner> {
  if (host === 'chromium') return await openBrowser(setting, files, 'ours.html');
  return nodeRunner('ours.js', { files, adapter: setting.adapter }, setting);
}
