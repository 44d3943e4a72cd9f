import { expect, it } from 'vitest';
import { createRefusalLog } from './refusal-log.ts';

it('writes one line per second, with the number of lines left out', () => {
  const lines: object[] = [];
  let nowMs = 0;
  const refused = createRefusalLog({ warn: (fields: object) => lines.push(fields) }, () => nowMs);
  const refuse = (path: string): void => refused({ reason: 'no database', method: 'GET', path });

  refuse('/1');
  refuse('/2');
  nowMs = 999;
  refuse('/3');
  nowMs = 1_000;
  refuse('/4');
  nowMs = 5_000;
  refuse('/5');

  expect(lines).toEqual([
    { reason: 'no database', method: 'GET', path: '/1' },
    { reason: 'no database', method: 'GET', path: '/4', unlogged: 2 },
    { reason: 'no database', method: 'GET', path: '/5' },
  ]);
});
