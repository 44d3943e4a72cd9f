// Measures from the first webhook of a burst to the commit that promotes its images, less the coalescing window, with GitHub's
// responses delayed by 0 and 150 ms. See README.md.
import { say } from '../src/commands/terminal.ts';
import { header, percentile, type Round, round, row, start } from './rounds.ts';

const LATENCIES_MS = [0, 150];
const BURSTS = [
  { images: 1, rounds: 6 },
  { images: 10, rounds: 4 },
  { images: 100, rounds: 3 },
];
const FOLDERS = [10, 10_000];

async function measure(images: number, folders: number, rounds: number, label: string): Promise<Map<number, Round[]>> {
  const { sandbox, close } = await start(images, folders);
  const measured = new Map<number, Round[]>();
  try {
    await round(sandbox, images); // connections, token, compiled code
    for (const latencyMs of LATENCIES_MS) {
      sandbox.github.faults.latencyMs = latencyMs;
      const done: Round[] = [];
      for (let index = 0; index < rounds; index += 1) done.push(await round(sandbox, images));
      sandbox.github.faults.latencyMs = 0;
      measured.set(latencyMs, done);
      say(row(label, latencyMs, done));
    }
  } finally {
    await close();
  }
  return measured;
}

say('Webhook to commit, less the coalescing window of 1 s. Calls and commits: the most of any round.\n');
say(header);
for (const { images, rounds } of BURSTS)
  await measure(images, images, rounds, `${images} image${images === 1 ? '' : 's'} at once`);

say('\nTen images at once, in config repositories of different sizes.\n');
say(header);
const bySize: number[] = [];
for (const folders of FOLDERS) {
  const measured = await measure(10, folders, 4, `10 of ${folders} folders`);
  bySize.push(
    percentile(
      (measured.get(150) ?? []).flatMap(({ latenciesMs }) => latenciesMs),
      0.5,
    ),
  );
}
const [small = Number.NaN, large = Number.NaN] = bySize;
say(`\n10,000 folders take ${(large / small).toFixed(2)} times as long as 10, at 150 ms a call (p50).`);
