// Ten thousand connections of somebody who knows no secret, two hundred at a time, in every shape of test/hostile-traffic.ts, and a
// signed delivery after each batch while the slow ones are still open. README.md in this folder says how to read it.
import { openHostile, shapes } from '../test/hostile-traffic.ts';
import { startMeasuredPromoter } from '../test/measured-promoter.ts';

const BATCH = 200;
const [, , totalText = '10000'] = process.argv;

const promoter = await startMeasuredPromoter();
const warmUp = await openHostile(promoter.port, shapes.length * 4);
await promoter.deliver();
await promoter.metrics();
await warmUp.end();

const idle = await promoter.memory();
const startedMs = performance.now();
const times: number[] = [];
let answered = 0;
for (let opened = 0; opened < Number(totalText); opened += BATCH) {
  const batch = await openHostile(promoter.port, BATCH);
  const sentMs = performance.now();
  if ((await promoter.deliver()) === 202) answered += 1;
  times.push(performance.now() - sentMs);
  await batch.end();
}
const seconds = (performance.now() - startedMs) / 1_000;
const after = await promoter.memory();
const metrics = (await promoter.metrics())
  .split('\n')
  // Outcomes begin at zero, and most stay there.
  .filter((line) => line.startsWith('promoter_webhook_deliveries_total') && !line.endsWith(' 0'));
times.sort((one, other) => one - other);
process.stdout.write(`${totalText} unsigned connections of ${shapes.length} shapes in ${seconds.toFixed(0)} s
  resident memory        ${idle.residentMb.toFixed(0)} MB idle, ${after.peakMb.toFixed(0)} MB at its peak, ${after.residentMb.toFixed(0)} MB afterwards (goal: 10 MB more at most)
  signed deliveries      ${answered} of ${times.length} answered with 202, the slowest after ${times.at(-1)?.toFixed(0)} ms
  counted as             ${metrics.map((line) => /event="(\w+)",outcome="(\w+)"[^}]*\} (\d+)/.exec(line)?.slice(1).join(' ')).join(', ')}
  lines logged           ${promoter.lines().filter((line) => line.includes('"stage":"accept"')).length}
`);
await promoter.stop();
