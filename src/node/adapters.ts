import { deviceError, usageError, ZianError } from '../errors.js';
import { type DeviceReport, describe, EngineDevice } from '../graph/device.js';
import { type SelfTestOutcome, selfTest } from '../graph/self-test.js';
import { type ListedAdapter, listedAdapters, packagedSwiftShader, requestAdapter } from './dawn.js';
import { patiently } from './patience.js';
import { forgetPassed, hasPassed, notePassed } from './self-test-file.js';
import { type DriverSet, driversInSight } from './vulkan.js';

/** An adapter that this machine offers. */
export interface AdapterEntry extends DeviceReport {
  /** Where its driver comes from: the system or the user's settings, or SwiftShader's npm package. */
  readonly source: 'environment' | 'packaged';
}

/** How a device is opened; see `openDevice`. */
export interface OpenOptions {
  /** Takes the one line that says when `auto` falls back to a software adapter; by default it goes to stderr. */
  readonly log?: (line: string) => void;
}

/** An adapter, and what the self-test made of it. */
export interface AdapterCheck {
  readonly entry: AdapterEntry;
  readonly outcome: SelfTestOutcome;
  /** Wall time of the self-test, compilation included. */
  readonly milliseconds: number;
}

interface Candidate {
  readonly entry: AdapterEntry;
  readonly drivers: DriverSet;
}

const UPDATE = 'update the graphics driver, and see `zian doctor`';
const WHAT_TO_DO =
  process.platform === 'linux'
    ? {
        hardware: "to use a GPU install its maker's Vulkan driver or mesa-vulkan-drivers (see `zian doctor`)",
        any: 'install the software adapter (npm install @sparticuz/chromium) or a Vulkan driver, and see `zian doctor`',
      }
    : { hardware: UPDATE, any: UPDATE };

/** Every adapter there is: the environment's, fastest first, then the packaged SwiftShader. */
export async function listAdapters(): Promise<AdapterEntry[]> {
  return (await candidates()).map(({ entry }) => entry);
}

async function candidates(): Promise<Candidate[]> {
  const environment = await environmentDrivers();
  const found = await candidatesOf(environment);
  // Seen together with the packaged driver, the environment's are those that are not it.
  const own = environment === 'both' ? found.filter(({ entry }) => !isSwiftShader(entry)) : found;
  return [...own, ...(await packagedCandidates())];
}

async function packagedCandidates(): Promise<Candidate[]> {
  if ('unavailable' in (await packagedSwiftShader())) return [];
  // In a worker thread a change of the environment does not reach the loader, so what is seen is looked at.
  return (await candidatesOf('packaged')).filter(({ entry }) => isSwiftShader(entry));
}

/**
 * Where no driver is in sight the packaged one is added to what the loader finds: it finds what there may be out of
 * sight, and does not complain on stderr when there is nothing.
 */
async function environmentDrivers(): Promise<DriverSet> {
  if (process.platform !== 'linux' || driversInSight()) return 'environment';
  return 'unavailable' in (await packagedSwiftShader()) ? 'environment' : 'both';
}

const isSwiftShader = ({ name, architecture }: DeviceReport): boolean =>
  /swiftshader/i.test(`${name} ${architecture}`);

async function candidatesOf(drivers: DriverSet): Promise<Candidate[]> {
  const found: Candidate[] = [];
  for (const listed of await listedAdapters(drivers)) {
    const candidate = await candidateOf(drivers, listed);
    if (candidate) found.push(candidate);
  }
  return found;
}

async function candidateOf(drivers: DriverSet, listed: ListedAdapter): Promise<Candidate | undefined> {
  const adapter = await requestAdapter(drivers, listed.name);
  if (!adapter) return undefined;
  const source = drivers === 'packaged' ? 'packaged' : 'environment';
  return { entry: { ...describe(adapter, adapter.info, listed), source }, drivers };
}

/**
 * Opens a device, tested by known answers, once for each adapter, driver and version of this package.
 * @param selector `auto` takes a hardware adapter and falls back to software; `hardware` only the first;
 *   `software` takes the packaged SwiftShader, or a software adapter of the environment's where the package is
 *   missing; anything else is a part of an adapter's name or description, in either case of letters
 * @throws ZianError: usage when no adapter has that name or several have; device when there is none of that kind, or
 *   it fails the self-test.
 */
export async function openDevice(selector = 'auto', options: OpenOptions = {}): Promise<EngineDevice> {
  const { log = (line: string) => console.warn(line) } = options;
  switch (selector) {
    case 'auto':
      return await openAuto(log);
    case 'hardware': {
      const found = await openHardware();
      if ('missing' in found) throw deviceError(found.missing);
      return found;
    }
    case 'software':
      return await openTested(await softwareCandidate());
    default:
      return await openTested(byName(selector, await candidates()));
  }
}

async function openAuto(log: (line: string) => void): Promise<EngineDevice> {
  const hardware = await openHardware();
  if (!('missing' in hardware)) return hardware;
  const device = await openTested(await softwareCandidate());
  log(`${hardware.missing} Computing on the CPU with ${device.report.name}, which is slow.`);
  return device;
}

/** The first hardware adapter that passes the self-test, or a sentence that says why there is none. */
async function openHardware(): Promise<EngineDevice | { readonly missing: string }> {
  let missing = `No hardware adapter was found; ${WHAT_TO_DO.hardware}.`;
  const drivers = await environmentDrivers();
  for (const listed of await listedAdapters(drivers)) {
    const candidate = await candidateOf(drivers, listed);
    if (!candidate || candidate.entry.software) continue;
    try {
      return await openTested(candidate);
    } catch (error) {
      if (!(error instanceof ZianError)) throw error;
      missing = error.message;
    }
  }
  return { missing };
}

async function softwareCandidate(): Promise<Candidate> {
  const [packaged] = await packagedCandidates();
  if (packaged) return packaged;
  const found = (await candidatesOf('environment')).find(({ entry }) => entry.software);
  if (found) return found;
  const swiftShader = await packagedSwiftShader();
  const why =
    'unavailable' in swiftShader
      ? swiftShader.unavailable
      : `the Vulkan loader does not see ${swiftShader.manifest}; in a worker thread it has to be in VK_DRIVER_FILES when the process starts`;
  throw deviceError(`No software adapter was found (${why}); ${WHAT_TO_DO.any}.`);
}

/** The candidate whose name is the selector, or else the one that it is part of. */
function byName(selector: string, all: readonly Candidate[]): Candidate {
  const wanted = selector.trim().toLowerCase();
  if (wanted === '')
    throw usageError('The adapter name is empty; give auto, hardware, software or part of a name.');
  const exact = all.filter(({ entry }) => entry.name.toLowerCase() === wanted);
  const matches = exact.length > 0 ? exact : all.filter(({ entry }) => haystack(entry).includes(wanted));
  const [first, ...others] = matches;
  const names = (list: readonly Candidate[]): string =>
    list.map(({ entry }) => `'${entry.name}'`).join(', ') || 'none';
  if (!first) {
    throw usageError(
      `No adapter's name contains '${selector}'; give auto, hardware, software or part of the name of one that is there: ${names(all)}.`,
    );
  }
  // The same adapter may be seen through the system's driver and the packaged one.
  if (others.some(({ entry }) => entry.name !== first.entry.name)) {
    throw usageError(
      `Several adapters' names contain '${selector}' (${names(matches)}); give more of one of them.`,
    );
  }
  return first;
}

const haystack = ({ name, vendor, architecture, description }: DeviceReport): string =>
  [name, description, vendor, architecture].join('\n').toLowerCase();

/** Opens every adapter in turn and runs the self-test on it. */
export async function checkAdapters(): Promise<AdapterCheck[]> {
  const checks: AdapterCheck[] = [];
  for (const candidate of await candidates()) {
    const start = performance.now();
    const outcome = await checkCandidate(candidate);
    checks.push({ entry: candidate.entry, outcome, milliseconds: performance.now() - start });
  }
  return checks;
}

async function checkCandidate(candidate: Candidate): Promise<SelfTestOutcome> {
  try {
    const device = await openUntested(candidate);
    const outcome = await selfTest(device);
    await (outcome.ok ? notePassed(device.report) : forgetPassed(device.report));
    device.destroy();
    return outcome;
  } catch (error) {
    if (!(error instanceof ZianError)) throw error;
    return { ok: false, reason: error.message };
  }
}

async function openTested(candidate: Candidate): Promise<EngineDevice> {
  const device = await openUntested(candidate);
  const known = await hasPassed(device.report);
  const outcome: SelfTestOutcome = known ? { ok: true } : await selfTest(device);
  if (!outcome.ok) {
    device.destroy();
    throw deviceError(
      `The adapter '${candidate.entry.name}' fails the self-test: ${outcome.reason}; update its driver or choose another with --adapter (see \`zian doctor\`).`,
    );
  }
  destroyAtExit(device);
  if (!known) await notePassed(device.report);
  return device;
}

async function openUntested({ drivers, entry }: Candidate): Promise<EngineDevice> {
  const adapter = await requestAdapter(drivers, entry.name);
  if (!adapter) throw deviceError(`The adapter '${entry.name}' is gone; ${WHAT_TO_DO.any}.`);
  return await EngineDevice.request(adapter, { ...entry, ...(entry.software ? { wait: patiently } : {}) });
}

const open = new Set<EngineDevice>();
let hooked = false;

/** A device that is still there when the process ends is destroyed first, which waits for its work. */
function destroyAtExit(device: EngineDevice): void {
  open.add(device);
  void device.lost.then(() => open.delete(device));
  if (hooked) return;
  hooked = true;
  process.once('exit', () => {
    for (const left of open) left.destroy();
  });
}
