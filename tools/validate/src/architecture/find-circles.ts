// Circles in a graph, by Tarjan's strongly connected components.
// https://en.wikipedia.org/wiki/Tarjan%27s_strongly_connected_components_algorithm

/** Each node and where its arrows lead. */
export type Graph = ReadonlyMap<string, readonly string[]>;

/** Sets of nodes that reach each other, and single ones that have an arrow to themselves. */
function components(graph: Graph): Set<string>[] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const found: Set<string>[] = [];

  const connect = (node: string): void => {
    const index = order.size;
    order.set(node, index);
    lowest.set(node, index);
    stack.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!order.has(next)) connect(next);
      if (stack.includes(next)) lowest.set(node, Math.min(low(node), low(next)));
    }
    if (low(node) !== index) return;
    const component = new Set(stack.splice(stack.indexOf(node)));
    if (component.size > 1 || graph.get(node)?.includes(node)) found.push(component);
  };
  const low = (node: string): number => lowest.get(node) ?? 0;

  for (const node of graph.keys()) if (!order.has(node)) connect(node);
  return found;
}

/** The shortest circle from a node back to itself, `[a, b, a]`, by breadth-first search. */
function circleFrom(start: string, graph: Graph): string[] {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (const node of queue) {
    for (const next of graph.get(node) ?? []) {
      if (next === start) {
        const circle = [start];
        for (let at = node; at !== start; at = cameFrom.get(at) ?? start) circle.unshift(at);
        return [start, ...circle];
      }
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, node);
      queue.push(next);
    }
  }
  return [];
}

/** Of each set of nodes that reach each other the shortest circle, from its first node in the alphabet. */
export function findCircles(graph: Graph): string[][] {
  return components(graph).flatMap((component) => {
    const circles = [...component].sort().map((node) => circleFrom(node, graph));
    return circles.sort((a, b) => a.length - b.length).slice(0, 1);
  });
}
