// OpenMetrics (https://prometheus.io/docs/specs/om/open_metrics_spec/) -> Prometheus's older text format, which knows no exemplars,
// no end mark, and the whole name of a counter.

const EXEMPLAR = / # \{[^{}]*\} \S+(?: \S+)?$/;
const COUNTER = /^# TYPE (\S+) counter$/;
const DESCRIPTION = /^# (?:HELP|TYPE) (\S+)/;

export function toPlainText(openMetrics: string): string {
  const lines = openMetrics.split('\n').filter((line) => line !== '# EOF');
  const counters = new Set(lines.map((line) => COUNTER.exec(line)?.[1]));
  return lines
    .map((line) => {
      if (!line.startsWith('#')) return line.replace(EXEMPLAR, '');
      const name = DESCRIPTION.exec(line)?.[1];
      return name !== undefined && counters.has(name) ? line.replace(name, `${name}_total`) : line;
    })
    .join('\n');
}
