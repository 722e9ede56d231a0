import { extentOf } from '../../kernels/layout.js';
import type { ResizeAttributes } from '../../kernels/resize/resize.js';
import { resizeTaps } from '../../kernels/resize/taps.js';
import type { SumAttributes } from '../../kernels/sum/sum.js';
import { type Graph, type KernelNode, type Node, resultOf, Uses, type Value, withNodes } from '../graph.js';

const TERMS = ['a', 'b', 'c', 'd'] as const;

interface Term {
  readonly value: Value;
  readonly factor: number;
}

function termsOf({ inputs, attributes }: KernelNode): Term[] {
  const { factors = [] }: Partial<SumAttributes> = attributes;
  const values = TERMS.flatMap((name) => inputs[name] ?? []);
  return values.map((value, i) => ({ value, factor: factors[i] ?? 1 }));
}

const activationOf = ({ attributes }: KernelNode): unknown => attributes.activation ?? 'none';

/** Whether a nearest resize reads pixel i / factor for pixel i: its rounded positions do not for every factor. */
function repeatsPixels(from: number, to: number, factor: number): boolean {
  const taps = resizeTaps(from, to, 'nearest', false);
  return Array.from({ length: to }, (_, i) => taps[4 * i] === Math.floor(i / factor)).every(Boolean);
}

/** The integer factor of a nearest upsampling, the same on both axes; otherwise undefined. */
function upsampling(node: KernelNode | undefined): Term | undefined {
  const x = node?.inputs.x;
  if (!node || !x) return undefined;
  const { mode }: Partial<ResizeAttributes> = node.attributes;
  const from = extentOf(x.spec.shape);
  const to = extentOf(resultOf(node).spec.shape);
  const factor = to.h / from.h;
  const same = mode === 'nearest' && Number.isInteger(factor) && to.w / from.w === factor;
  const repeats = same && repeatsPixels(from.h, to.h, factor) && repeatsPixels(from.w, to.w, factor);
  return repeats ? { value: x, factor } : undefined;
}

/** One node's terms with upsamplings and the sum in its first term taken in, as far as four terms allow. */
function expand(node: KernelNode, uses: Uses): { terms: Term[]; absorbed: Value[] } {
  let terms = termsOf(node);
  const absorbed: Value[] = [];
  for (;;) {
    const [first, ...rest] = terms;
    const inner =
      first?.factor === 1 && uses.isPrivate(first.value) ? uses.producedBy(first.value, 'sum') : undefined;
    // Only the first term: (a + b) + c keeps the order of additions, a + (b + c) would not.
    if (!first || !inner || activationOf(inner) !== 'none') break;
    const more = termsOf(inner);
    if (more.length + rest.length > TERMS.length) break;
    absorbed.push(first.value);
    terms = [...more, ...rest];
  }
  terms = terms.map((term) => {
    const source = uses.isPrivate(term.value) ? upsampling(uses.producedBy(term.value, 'resize')) : undefined;
    if (!source || term.factor !== 1) return term;
    absorbed.push(term.value);
    return source;
  });
  return { terms, absorbed };
}

/** Chains of additions and the nearest upsampling of their terms into single n-ary sums, in the same order of additions. */
export function fuseSums(graph: Graph): Graph {
  const uses = new Uses(graph);
  const gone = new Set<Node>();
  const replaced = new Map<Node, KernelNode>();
  // Last to first, so that the longest chains win.
  for (const node of [...graph.nodes].reverse()) {
    if (node.kind !== 'kernel' || node.kernel.name !== 'sum' || gone.has(node)) continue;
    const { terms, absorbed } = expand(node, uses);
    if (absorbed.length === 0) continue;
    for (const value of absorbed) {
      const producer = uses.producer(value);
      if (producer) gone.add(producer);
    }
    replaced.set(node, {
      ...node,
      inputs: Object.fromEntries(terms.map(({ value }, i) => [TERMS[i], value])),
      attributes: { ...node.attributes, factors: terms.map(({ factor }) => factor) },
    });
  }
  return withNodes(
    graph,
    graph.nodes.filter((node) => !gone.has(node)).map((node) => replaced.get(node) ?? node),
  );
}
