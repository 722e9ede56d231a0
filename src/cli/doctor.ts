import { release } from 'node:os';
import { ZianError } from '../errors.js';
import { type AdapterCheck, checkAdapters } from '../node/adapters.js';
import { packagedSwiftShader } from '../node/dawn.js';
import { installedPackage, ownVersion } from '../node/versions.js';
import { hasVulkanLoader } from '../node/vulkan.js';
import { type DoctorReport, formatDoctor } from './doctor-format.js';

export interface DoctorResult {
  readonly text: string;
  readonly json: DoctorReport;
  /** 0, or 4 when there is no adapter that passes the self-test. */
  readonly exitCode: number;
}

const VARIABLES = [
  'VK_DRIVER_FILES',
  'VK_ICD_FILENAMES',
  'VK_ADD_DRIVER_FILES',
  'VK_LOADER_DRIVERS_SELECT',
  'VK_LOADER_DRIVERS_DISABLE',
  'DAWNNODE_BACKEND',
  'ZIAN_DAWN_FEATURES',
];

/** Looks at everything that computing on a GPU needs here, and tests every adapter. */
export async function runDoctor(): Promise<DoctorResult> {
  const linux = process.platform === 'linux';
  // Asked before an adapter is: opening one may load the packaged loader.
  const vulkanLoader = linux ? hasVulkanLoader() : null;
  const webgpu = (await installedPackage('webgpu'))?.version ?? null;
  const chromium = (await installedPackage('@sparticuz/chromium'))?.version ?? null;
  const { swiftShader, adapters, problem } = await lookForAdapters();
  const auto = autoChoice(adapters);
  const facts: Omit<DoctorReport, 'advice'> = {
    versions: {
      'zian-webgpu': await ownVersion(),
      node: process.version,
      webgpu,
      '@sparticuz/chromium': chromium,
      os: `${process.platform}-${process.arch} ${release()}`,
    },
    adapters,
    auto: auto < 0 ? null : auto,
    vulkanLoader,
    environment: Object.fromEntries(
      VARIABLES.flatMap((name) => {
        const value = process.env[name];
        return value ? [[name, value]] : [];
      }),
    ),
    swiftShader,
  };
  const json = { ...facts, advice: advise(facts, problem) };
  return { text: formatDoctor(json), json, exitCode: auto < 0 ? 4 : 0 };
}

async function lookForAdapters(): Promise<
  Pick<DoctorReport, 'swiftShader' | 'adapters'> & { problem: string | undefined }
> {
  let swiftShader: DoctorReport['swiftShader'] = { unavailable: 'it was not looked for' };
  try {
    const found = await packagedSwiftShader();
    swiftShader = 'unavailable' in found ? found : { manifest: found.manifest };
    return { swiftShader, adapters: await checkAdapters(), problem: undefined };
  } catch (error) {
    if (!(error instanceof ZianError)) throw error;
    return { swiftShader, adapters: [], problem: error.message };
  }
}

/** The order of `--adapter auto`, as an index; -1 when nothing passes. */
export function autoChoice(adapters: readonly AdapterCheck[]): number {
  const hardware = adapters.findIndex(({ entry, outcome }) => !entry.software && outcome.ok);
  if (hardware >= 0) return hardware;
  const packaged = adapters.findIndex(({ entry }) => entry.source === 'packaged');
  const software = packaged >= 0 ? packaged : adapters.findIndex(({ entry }) => entry.software);
  return adapters[software]?.outcome.ok ? software : -1;
}

/** What to do about what is missing; pure, for the tests' sake. */
export function advise(report: Omit<DoctorReport, 'advice'>, problem?: string): string[] {
  const { adapters, auto, versions, environment } = report;
  const linux = versions.os.startsWith('linux');
  if (auto !== null && !adapters[auto]?.entry.software) return [];
  const advice: string[] = [];
  if (problem !== undefined) advice.push(problem);
  else if (versions.webgpu === null) advice.push('Install WebGPU for Node: npm install webgpu');
  for (const { entry, outcome } of adapters) {
    if (!outcome.ok) advice.push(`Update the driver of '${entry.name}', which fails the self-test.`);
  }
  if (linux) advice.push(...adviseLinux(report));
  else advice.push('Update the graphics driver.');
  for (const [name, value] of Object.entries(environment)) {
    advice.push(`${name} is set (${value}): unset it if it is not meant to limit the drivers that are seen.`);
  }
  return advice;
}

function adviseLinux({ versions, vulkanLoader, swiftShader, auto }: Omit<DoctorReport, 'advice'>): string[] {
  const advice: string[] = [];
  if (auto === null && versions['@sparticuz/chromium'] === null) {
    advice.push(
      'To compute on the CPU, install the packaged SwiftShader: npm install @sparticuz/chromium (linux-x64)',
    );
  }
  if (vulkanLoader === false && 'unavailable' in swiftShader) {
    advice.push(
      'For a GPU, install the Vulkan loader: libvulkan1 (Debian, Ubuntu) or vulkan-loader (Fedora).',
    );
  }
  advice.push(
    "For a GPU, install its Vulkan driver: mesa-vulkan-drivers (AMD, Intel; version 23 or newer) or NVIDIA's own; in a container, pass the GPU in (for NVIDIA with NVIDIA_DRIVER_CAPABILITIES=all).",
    'Where a driver is installed but not listed, set VK_DRIVER_FILES to the path of its manifest (…/vulkan/icd.d/….json).',
  );
  return advice;
}
