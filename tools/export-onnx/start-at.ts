import { type Graph, type Value, withNodes, writesOf } from '../../src/graph/graph.js';
import { removeUnused } from '../../src/graph/passes/remove-unused.js';

/**
 * The part of a graph that comes after a value, which becomes its only input, under its label.
 * @param label of the value that is given from outside now
 * @throws Error when no node makes a value of that label, or the outputs depend on another input as well
 */
export function startAt(graph: Graph, label: string): Graph {
  const found = graph.nodes.flatMap(writesOf).find((value: Value) => value.label === label);
  if (!found) throw new Error(`the graph computes no '${label}'`);
  const nodes = graph.nodes.filter((node) => !writesOf(node).includes(found));
  const rest = removeUnused({ ...withNodes(graph, nodes), inputs: new Map([[label, found]]) });
  const computed = new Set<Value>([found, ...rest.constants.keys(), ...rest.nodes.flatMap(writesOf)]);
  for (const node of rest.nodes)
    for (const value of node.kind === 'view' ? [node.input] : Object.values(node.inputs))
      if (!computed.has(value)) throw new Error(`'${node.label}' needs '${value.label}' besides '${label}'`);
  return rest;
}
