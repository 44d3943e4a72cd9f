// The parts of a query, by the grammars of Prometheus and Grafana.
import { parser as logql } from '@grafana/lezer-logql';
import { parser as traceql } from '@grafana/lezer-traceql';
import type { SyntaxNodeRef } from '@lezer/common';
import { parser as promql } from '@prometheus-io/lezer-promql';
import type { Language } from './dashboards.ts';

const PARSERS = { prometheus: promql, loki: logql, tempo: traceql };

/** Where the query does not parse; undefined when it does. */
export function syntaxError(language: Language, text: string): string | undefined {
  let at: number | undefined;
  PARSERS[language].parse(text).iterate({
    enter(node) {
      if (node.type.isError) at ??= node.from;
    },
  });
  return at === undefined
    ? undefined
    : `does not parse at "${text.slice(Math.max(0, at - 15), at)}>>>${text.slice(at, at + 15)}"`;
}

function collect(
  language: Language,
  text: string,
  pick: (node: SyntaxNodeRef, text: string) => string | undefined,
): string[] {
  const found = new Set<string>();
  PARSERS[language].parse(text).iterate({
    enter(node) {
      const name = pick(node, text.slice(node.from, node.to));
      if (name !== undefined) found.add(name);
    },
  });
  return [...found];
}

export const metricsOf = (text: string): string[] =>
  collect('prometheus', text, (node, part) => (node.name === 'Identifier' ? part : undefined));

/** Labels that a LogQL query selects by, and fields that it extracts from the line. */
export function logLabelsOf(text: string): { labels: string[]; fields: string[] } {
  const fields = collect('loki', text, (node, part) =>
    node.name === 'LabelExtractionExpression' ? /="(.+)"$/.exec(part)?.[1] : undefined,
  );
  const made = collect('loki', text, (node, part) =>
    node.name === 'LabelExtractionExpression' ? /^\w+/.exec(part)?.[0] : undefined,
  );
  const asked = collect('loki', text, (node, part) =>
    node.name === 'Matcher' || node.name === 'Labels' ? /^\w+/.exec(part)?.[0] : undefined,
  );
  return { labels: asked.filter((label) => !made.includes(label)), fields };
}

/** `span.db.system.name`, `resource.service.name`. */
export const traceAttributesOf = (text: string): string[] =>
  collect('tempo', text, (node, part) => (node.name === 'AttributeField' ? part : undefined));

export interface Matcher {
  label: string;
  /** `=`, `!=`, `=~` or `!~`. */
  operator: string;
  value: string;
}

/** The matchers of each stream selector of a LogQL query. */
export function selectorsOf(text: string): Matcher[][] {
  const selectors: Matcher[][] = [];
  let end = 0;
  logql.parse(text).iterate({
    enter(node) {
      if (node.name === 'Selector') {
        selectors.push([]);
        end = node.to;
      }
      // A filter of labels, further down the pipeline, is a matcher too.
      if (node.name !== 'Matcher' || node.to > end) return;
      const [, label = '', operator = '', value = ''] =
        /^(\w+)\s*(=~|!~|!=|=)\s*["`](.*)["`]$/s.exec(text.slice(node.from, node.to)) ?? [];
      selectors.at(-1)?.push({ label, operator, value });
    },
  });
  return selectors;
}
