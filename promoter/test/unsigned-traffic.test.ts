// The real process under traffic of somebody who knows no secret. `npm run bench:unsigned -w promoter` is the same with ten times as many.
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { openHostile, shapes } from './hostile-traffic.ts';
import { type MeasuredPromoter, startMeasuredPromoter } from './measured-promoter.ts';

const BATCH = 200;
const BATCHES = 5;

let promoter: MeasuredPromoter;
beforeAll(async () => {
  promoter = await startMeasuredPromoter();
  // What every shape makes the process load and compile once is no memory that connections cost.
  const batch = await openHostile(promoter.port, Math.max(shapes.length * 4, 2 * BATCH));
  await promoter.deliver();
  await promoter.metrics();
  await batch.end();
});
afterAll(() => promoter.stop());

/** Pages that are free are given back to the system with some delay; what leaks never is. */
const settledWithin = (megabytes: number, idleMb: number) =>
  vi.waitFor(async () => expect((await promoter.memory()).residentMb - idleMb).toBeLessThan(megabytes), {
    timeout: 60_000,
    interval: 250,
  });

it('a thousand connections of every unsigned shape leave memory where it was, one label, and signed deliveries answered', async () => {
  const { residentMb: idleMb } = await promoter.memory();
  const statuses: number[] = [];

  for (let index = 0; index < BATCHES; index += 1) {
    const batch = await openHostile(promoter.port, BATCH);
    statuses.push(await promoter.deliver());
    await batch.end();
  }

  expect(statuses).toEqual(Array.from({ length: BATCHES }, () => 202));
  await settledWithin(10, idleMb);
  const events = (await promoter.metrics()).matchAll(
    /promoter_webhook_deliveries_total\{[^}]*event="(\w+)"[^}]*\} [1-9]/g,
  );
  expect(new Set([...events].map(([, event]) => event))).toEqual(new Set(['unknown', 'ping']));
  const refusals = promoter.lines().filter((line) => line.includes('signature') || line.includes('unsigned'));
  expect(refusals.length).toBeLessThanOrEqual(2);
  expect(promoter.lines().filter((line) => line.includes('request failed'))).toEqual([]);
});

it('five unfinished bodies of 25 MB without a signature cost nothing while they are open', async () => {
  const { residentMb: idleMb } = await promoter.memory();
  const megabyte = Buffer.alloc(1024 * 1024);
  const closed = Array.from({ length: 5 }, async () => {
    const socket = connect(promoter.port, '127.0.0.1').on('error', () => undefined);
    socket.resume();
    const ended = new Promise((close) => socket.once('close', close));
    socket.write('POST /webhooks/github HTTP/1.1\r\nHost: promoter\r\nContent-Length: 25000000\r\n\r\n');
    for (let sent = 0; sent < 24 && !socket.destroyed; sent += 1) socket.write(megabyte);
    return ended;
  });
  await Promise.all(closed);

  await settledWithin(10, idleMb);
  expect(await promoter.deliver()).toBe(202);
});

it('a signed delivery is answered while hundreds of unsigned connections are open', async () => {
  const batch = await openHostile(promoter.port, 1_600);

  expect(batch.open).toBeGreaterThan(200);
  expect(await promoter.deliver()).toBe(202);
  await batch.end();
});
