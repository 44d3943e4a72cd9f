// What the syntax tree of a file shows: where the world is read, and where the compiler is overruled.
import path from 'node:path';
import type { Node } from 'oxc-parser';
import type { Finding } from '../check.ts';
import { findRoom } from './find-room.ts';
import { isTest, type Source } from './read-sources.ts';
import { walk, walkValues } from './walk.ts';

/** Globals by which a program reaches for the world. */
const WORLD = new Set([
  'AbortSignal',
  'clearInterval',
  'clearTimeout',
  'console',
  'crypto',
  'EventSource',
  'fetch',
  'globalThis',
  'navigator',
  'performance',
  'process',
  'queueMicrotask',
  'require',
  'setImmediate',
  'setInterval',
  'setTimeout',
  'Temporal',
  'WebSocket',
]);
/** Of these only some: `new Date(ms)` is a value, `new Date()` is the clock. */
const DATE_OF_VALUES = new Set(['parse', 'UTC']);

const isNamed = (node: Node | null | undefined, name: string): boolean =>
  node?.type === 'Identifier' && node.name === name;

/** `a.name` and `a['name']`. */
function memberName(node: Node | undefined): string | undefined {
  if (node?.type !== 'MemberExpression') return undefined;
  if (!node.computed && node.property.type === 'Identifier') return node.property.name;
  return node.property.type === 'Literal' && typeof node.property.value === 'string' ? node.property.value : undefined;
}

/** Names that are no references: of members, of keys, of what is imported. */
function isLabel(parent: Node | undefined, key: string): boolean {
  switch (parent?.type) {
    case 'MemberExpression':
      return key === 'property' && !parent.computed;
    case 'Property':
    case 'MethodDefinition':
    case 'PropertyDefinition':
      return key === 'key' && !parent.computed;
    case 'ImportSpecifier':
    case 'ExportSpecifier':
    case 'LabeledStatement':
      return true;
    default:
      return false;
  }
}

function impurity(node: Node, parent: Node | undefined, key: string): string | undefined {
  if (node.type === 'ImportExpression') return 'import()';
  if (node.type !== 'Identifier' || isLabel(parent, key)) return undefined;
  if (WORLD.has(node.name)) return node.name;
  const member = key === 'object' ? memberName(parent) : undefined;
  if (node.name === 'Math') return member === undefined || member === 'random' ? `Math.${member ?? '*'}` : undefined;
  if (node.name !== 'Date') return undefined;
  if (member !== undefined) return DATE_OF_VALUES.has(member) ? undefined : `Date.${member}`;
  if (parent?.type === 'NewExpression' && key === 'callee')
    return parent.arguments.length > 0 ? undefined : 'new Date() without arguments';
  return parent?.type === 'BinaryExpression' && parent.operator === 'instanceof' ? undefined : 'Date';
}

/** In rooms that are pure. */
export function purityFindings(sources: readonly Source[]): Finding[] {
  return sources.flatMap(({ file, program, lineOf }) => {
    const findings: Finding[] = [];
    const found = isTest(file) ? undefined : findRoom(file);
    if (!found?.room.isPure) return findings;
    walkValues(program, (node, parent, key) => {
      const what = impurity(node, parent, key);
      if (what === undefined) return;
      const instead = `${found.name} is pure: time, chance and settings are given to it as values, effects are left to others`;
      findings.push({ where: `${file}:${lineOf(node)}`, what: `uses ${what}: ${instead}` });
    });
    return findings;
  });
}

/** `process.env` and `globalThis.process.env`, `const { env } = process`, `import { env } from 'node:process'`. */
function readsEnvironment(node: Node): boolean {
  switch (node.type) {
    case 'MemberExpression':
      return memberName(node) === 'env' && (isNamed(node.object, 'process') || memberName(node.object) === 'process');
    case 'VariableDeclarator':
      return (
        isNamed(node.init, 'process') &&
        node.id.type === 'ObjectPattern' &&
        node.id.properties.some((each) => each.type === 'Property' && isNamed(each.key, 'env'))
      );
    case 'ImportDeclaration':
      return (
        /^(node:)?process$/.test(node.source.value) &&
        node.specifiers.some((each) => each.type === 'ImportSpecifier' && isNamed(each.imported, 'env'))
      );
    default:
      return false;
  }
}

export function environmentFindings(sources: readonly Source[]): Finding[] {
  return sources.flatMap(({ file, program, lineOf }) => {
    const findings: Finding[] = [];
    if (isTest(file) || /^config\.m?[jt]s$/.test(path.posix.basename(file))) return findings;
    walk(program, (node) => {
      if (!readsEnvironment(node)) return;
      const what = 'reads the environment: only config.ts does, and gives what it read as values';
      findings.push({ where: `${file}:${lineOf(node)}`, what });
    });
    return findings;
  });
}

/** `value as unknown as Type`: the compiler would have refused it. */
export function assertionFindings(sources: readonly Source[]): Finding[] {
  return sources.flatMap(({ file, program, lineOf }) => {
    const findings: Finding[] = [];
    walk(program, (node) => {
      if (node.type !== 'TSAsExpression' || node.expression.type !== 'TSAsExpression') return;
      const what = 'asserts a type by way of another: parse the value, or give it the type it has';
      findings.push({ where: `${file}:${lineOf(node)}`, what });
    });
    return findings;
  });
}
