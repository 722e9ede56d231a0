// What `import 'zian-webgpu'` is in Node: the same library, with Node's ways to open models, devices and image files.
import { usePlatform } from '../zian/platform.js';
import { nodePlatform } from './platform.js';

usePlatform(nodePlatform);

export * from '../index.js';
