// The text of a scalar: in the style that it had, and in quotes where plain text would be something else to whoever reads it.
import { parse, Scalar } from 'yaml';

const PLAIN = /^[A-Za-z0-9_][\w./:@+-]*$/;
/** Go reads 0X1F and 0o17 as numbers too: kustomize and Helm are written in Go. */
const GO_NUMBER = /^0[xob][\da-f_]+$/i;
const VERSIONS = ['1.1', '1.2'] as const;

export function writeScalar(style: Scalar['type'], value: string): string {
  if (style === Scalar.QUOTE_SINGLE && !/\p{Cc}/u.test(value)) return `'${value.replaceAll("'", "''")}'`;
  if (style === Scalar.QUOTE_DOUBLE) return JSON.stringify(value);
  return isPlain(value) ? value : JSON.stringify(value);
}

/** Whether plain text is read as this text by everybody. */
export function isPlain(value: string): boolean {
  if (!PLAIN.test(value) || GO_NUMBER.test(value)) return false;
  return VERSIONS.every((version) => {
    try {
      return parse(value, { version, logLevel: 'silent' }) === value;
    } catch {
      return false; // such as a:b: c
    }
  });
}
