import { operand } from '../common/operand.js';
import type { Reference } from '../contract.js';
import type { CopyAttributes } from './copy.js';

export const copyReference: Reference<CopyAttributes> = (inputs) => ({ y: operand(inputs, 'x', 'copy') });
