import type { Format } from '../format.js';
import { csv } from './csv.js';
import { dicom } from './dicom.js';
import { exif } from './exif.js';
import { jpeg } from './jpeg.js';
import { legacy } from './legacy.js';
import { pickle } from './pickle.js';
import { png } from './png.js';
import { safetensors } from './safetensors.js';
import { tiff } from './tiff.js';
import { yaml } from './yaml.js';
import { zip } from './zip.js';

export const FORMATS: readonly Format[] = [
  safetensors,
  zip,
  pickle,
  legacy,
  png,
  jpeg,
  tiff,
  dicom,
  exif,
  yaml,
  csv,
];
