// Measures two promoters in turn, one that exports traces to a collector and one that does not. See README.md.
import { startOtlpReceiver } from '@delivery/otlp-receiver';
import { say } from '../src/commands/terminal.ts';
import { header, percentile, type Round, round, row, start } from './rounds.ts';

const IMAGES = 10;
const ROUNDS = 12;
const receiver = await startOtlpReceiver({ maxSpans: 10_000 });
const exporting = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' };
const both = [
  { label: 'without traces', ...(await start(IMAGES, IMAGES)), rounds: [] as Round[] },
  { label: 'with traces', ...(await start(IMAGES, IMAGES, exporting)), rounds: [] as Round[] },
];
try {
  for (const { sandbox } of both) {
    await round(sandbox, IMAGES);
    sandbox.github.faults.latencyMs = 150;
  }
  for (let index = 0; index < ROUNDS; index += 1)
    for (const one of index % 2 === 0 ? both : both.toReversed()) one.rounds.push(await round(one.sandbox, IMAGES));
  say('\nTen images at once, with and without traces, in turn.\n');
  say(header);
  for (const { label, rounds } of both) say(row(label, 150, rounds));
  const [without = Number.NaN, withTraces = Number.NaN] = both.map(({ rounds }) =>
    percentile(
      rounds.flatMap(({ latenciesMs }) => latenciesMs),
      0.5,
    ),
  );
  const spans = receiver.exports.reduce((sum, each) => sum + each.spans.length, 0);
  say(
    `\nWith traces a promotion takes ${(withTraces / without).toFixed(2)} times as long (p50); ${spans} spans were exported.`,
  );
} finally {
  for (const { close } of both) await close();
  await receiver.stop();
}
