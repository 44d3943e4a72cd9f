// What the syntax tree of a file shows: where it reaches outside the program, and where it overrules the compiler.
import path from 'node:path';
import type { Node } from 'oxc-parser';
import type { Finding } from '../check.ts';
import { findRoom } from './find-room.ts';
import { isTest, type Source } from './read-sources.ts';
import { walk, walkValues } from './walk.ts';

/** Globals that reach outside the program. */
const OUTSIDE = new Set([
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
/** Functions of their arguments; `Date.now` reads the clock. */
const DATE_OF_VALUES = new Set(['parse', 'UTC']);

const isNamed = (node: Node | null | undefined, name: string): boolean =>
  node?.type === 'Identifier' && node.name === name;

/** `a.name` and `a['name']`. */
function memberName(node: Node | undefined): string | undefined {
  if (node?.type !== 'MemberExpression') return undefined;
  if (!node.computed && node.property.type === 'Identifier') return node.property.name;
  return node.property.type === 'Literal' && typeof node.property.value === 'string' ? node.property.value : undefined;
}

/** Whether an identifier is only a name, of a member, a key or an import, and not a reference. */
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
  if (OUTSIDE.has(node.name)) return node.name;
  const member = key === 'object' ? memberName(parent) : undefined;
  if (node.name === 'Math') return member === undefined || member === 'random' ? `Math.${member ?? '*'}` : undefined;
  if (node.name !== 'Date') return undefined;
  if (member !== undefined) return DATE_OF_VALUES.has(member) ? undefined : `Date.${member}`;
  if (parent?.type === 'NewExpression' && key === 'callee')
    return parent.arguments.length > 0 ? undefined : 'new Date() without arguments';
  return parent?.type === 'BinaryExpression' && parent.operator === 'instanceof' ? undefined : 'Date';
}

/** Clocks, chance, settings and effects in rooms that are pure. */
export function purityFindings(sources: readonly Source[]): Finding[] {
  return sources.flatMap(({ file, program, lineOf }) => {
    const findings: Finding[] = [];
    const found = isTest(file) ? undefined : findRoom(file);
    if (!found?.room.isPure) return findings;
    walkValues(program, (node, parent, key) => {
      const what = impurity(node, parent, key);
      if (what === undefined) return;
      const instead = `${found.name} is pure: it is given time, random values and settings as arguments, and has no effects`;
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
      const what = 'reads the environment: only config.ts does, and passes on what it has read';
      findings.push({ where: `${file}:${lineOf(node)}`, what });
    });
    return findings;
  });
}

/** `value as unknown as Type`, which the compiler would refuse without the step between. */
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
