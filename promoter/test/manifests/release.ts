// What the tests of manifests promote.
import * as fc from 'fast-check';

export const IMAGE = 'ghcr.io/acme/todo';

export interface Promoted {
  tag: string;
  digest: string;
}

const hex = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`));
/** Tags as people make them, and those that YAML 1.1 or Go reads as something else. */
export const tags = fc.oneof(
  fc.tuple(fc.nat(99_999), hex(7)).map(([number, commit]) => `main-${number}-${commit}`),
  fc.tuple(fc.nat(99), fc.nat(99), fc.nat(99)).map((parts) => `v${parts.join('.')}`),
  fc.tuple(fc.nat(99), fc.nat(99)).map((parts) => parts.join('.')),
  hex(7),
  fc.stringMatching(/^[0-9]{7}$/),
  fc.stringMatching(/^0[0-7]{6}$/),
  fc.stringMatching(/^20\d{6}_\d{4}$/),
  fc.stringMatching(/^0[bBxXoO][01]{5}$/),
  fc.stringMatching(/^\d{1,3}e\d{1,3}$/),
  fc.constantFrom(
    'yes',
    'no',
    'on',
    'off',
    'y',
    'n',
    'true',
    'null',
    'NULL',
    'Null',
    '2024-01-01',
    '1_000',
    '1.',
    '_',
    '_1',
  ),
  fc.stringMatching(/^\w[\w.-]{0,40}$/),
);
export const digests = hex(64).map((text) => `sha256:${text}`);
export const promoted: fc.Arbitrary<Promoted> = fc.record({ tag: tags, digest: digests });

/** As it may stand in a file: in quotes of either kind, or plain where that is text to everybody. */
export const written = (text: string, style: 'plain' | 'single' | 'double'): string => {
  if (style === 'single') return `'${text}'`;
  return style === 'double' || !/^(v[\d.]+|main-.*|sha256:.*)$/.test(text) ? `"${text}"` : text;
};
export const styles = fc.constantFrom('plain', 'single', 'double');
