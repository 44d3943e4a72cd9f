import type { Edge } from '@delivery/service-graph';
import { describe, expect, it } from 'vitest';
import { layOut } from './delivery-view.ts';

const edge = (client: string, server: string): Edge => ({ client, server, connectionType: '', requests: 1, failed: 0 });
const columnsOf = (edges: Edge[]) => Object.fromEntries(layOut(edges).nodes.map(({ name, column }) => [name, column]));

describe('the service graph is laid out', () => {
  it('from left to right, in whatever order the arrows come', () => {
    expect(columnsOf([edge('b', 'c'), edge('a', 'b'), edge('c', 'd')])).toEqual({ a: 0, b: 1, c: 2, d: 3 });
  });

  it('behind the furthest caller, with nodes of one column under each other', () => {
    const { nodes, columns, rows } = layOut([
      edge('a', 'b'),
      edge('b', 'd'),
      edge('a', 'c'),
      edge('c', 'd'),
      edge('a', 'd'),
    ]);

    expect(nodes.map(({ name, column, row }) => [name, column, row])).toEqual([
      ['a', 0, 0],
      ['b', 1, 0],
      ['d', 2, 0],
      ['c', 1, 1],
    ]);
    expect([columns, rows]).toEqual([3, 2]);
  });

  it('and ends where services call each other in a circle', () => {
    expect(layOut([edge('a', 'b'), edge('b', 'a'), edge('a', 'a')]).nodes).toHaveLength(2);
  });

  it('as nothing where nothing was recorded', () => {
    expect(layOut([])).toEqual({ nodes: [], edges: [], columns: 0, rows: 0 });
  });
});
