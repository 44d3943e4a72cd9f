// GraphQL connections over arrays. https://relay.dev/graphql/connections.htm

export interface PageArguments {
  first?: number | null;
  last?: number | null;
  after?: string | null;
}

const cursorOf = (index: number): string => Buffer.from(`cursor:${index}`).toString('base64');
const indexOf = (cursor: string): number => Number(Buffer.from(cursor, 'base64').toString().split(':')[1]);

export function connection<Node>(all: readonly Node[], { first, last, after }: PageArguments) {
  const start = after ? indexOf(after) + 1 : last ? Math.max(all.length - last, 0) : 0;
  const end = first ? Math.min(start + first, all.length) : all.length;
  const nodes = all.slice(start, end);
  return {
    nodes,
    edges: nodes.map((node, index) => ({ node, cursor: cursorOf(start + index) })),
    totalCount: all.length,
    pageInfo: {
      hasNextPage: end < all.length,
      hasPreviousPage: start > 0,
      startCursor: nodes.length > 0 ? cursorOf(start) : null,
      endCursor: nodes.length > 0 ? cursorOf(end - 1) : null,
    },
  };
}
