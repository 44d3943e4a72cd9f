import { type Node, type Program, visitorKeys } from 'oxc-parser';

/** @param key by which the parent has the node. */
export type Visit = (node: Node, parent: Node | undefined, key: string) => void;

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value;

/** What TypeScript removes before anything runs; of `value as Type` the value stays. */
const isErased = (node: Node): boolean => node.type.startsWith('TS') && !('expression' in node);

function visitBelow(node: Node, visit: Visit, isLeftOut: (node: Node) => boolean): void {
  for (const key of visitorKeys[node.type] ?? []) {
    const value: unknown = Reflect.get(node, key);
    for (const child of [value].flat()) {
      if (!isNode(child) || isLeftOut(child)) continue;
      visit(child, node, key);
      visitBelow(child, visit, isLeftOut);
    }
  }
}

/** Visits every node of a file, parents first. */
export function walk(program: Program, visit: Visit): void {
  visitBelow(program, visit, () => false);
}

/** Visits every node that is there when the program runs. */
export function walkValues(program: Program, visit: Visit): void {
  visitBelow(program, visit, isErased);
}
