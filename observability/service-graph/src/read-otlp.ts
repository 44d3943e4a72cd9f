// OTLP's JSON encoding -> spans. https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
import { z } from 'zod';

export type SpanKind = 'UNSPECIFIED' | 'INTERNAL' | 'SERVER' | 'CLIENT' | 'PRODUCER' | 'CONSUMER';
export type AttributeValue = string | number | boolean | (string | number | boolean)[];

export interface Span {
  /** 32 hex digits, lower case. */
  traceId: string;
  /** 16 hex digits, lower case. */
  spanId: string;
  /** Undefined for a root. */
  parentSpanId: string | undefined;
  name: string;
  kind: SpanKind;
  /** Milliseconds since 1970, with fractions. */
  startMs: number;
  endMs: number;
  isError: boolean;
  attributes: Record<string, AttributeValue>;
  /** `service.name` of the resource; undefined where there is none. */
  service: string | undefined;
  resource: Record<string, AttributeValue>;
  links: { traceId: string; spanId: string }[];
}

/** One request from an exporter. */
export interface Export {
  receivedMs: number;
  spans: Span[];
}

/** The message names the line and the field, and says what was expected there. */
export class OtlpError extends Error {
  override readonly name = 'OtlpError';
}

const KINDS: readonly SpanKind[] = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];
const ERROR_STATUS = 2;
const NS_PER_MS = 1e6;

const id = (digits: number) =>
  z
    .string()
    .regex(new RegExp(`^[0-9a-fA-F]{${digits}}$`), `expected ${digits} hex digits`)
    .toLowerCase();
/** Protobuf's JSON encodes 64-bit integers as strings; some exporters send numbers. */
const nanoseconds = z.union([z.string().regex(/^\d+$/), z.int().nonnegative()]).transform((value) => {
  const exact = BigInt(value);
  return Number(exact / 1_000_000n) + Number(exact % 1_000_000n) / NS_PER_MS;
});
const kind = z.union([
  z
    .int()
    .min(0)
    .max(KINDS.length - 1)
    .transform((index) => KINDS[index] ?? 'UNSPECIFIED'),
  z
    .string()
    .transform((name) => name.replace('SPAN_KIND_', ''))
    .pipe(z.enum(KINDS as [SpanKind, ...SpanKind[]])),
]);
const scalar = z.object({
  stringValue: z.string().optional(),
  boolValue: z.boolean().optional(),
  intValue: z.union([z.string(), z.number()]).optional(),
  doubleValue: z.number().optional(),
});
const value = scalar.extend({ arrayValue: z.object({ values: z.array(scalar).default([]) }).optional() });
const attributes = z.array(z.object({ key: z.string(), value })).default([]);
const links = z.array(z.object({ traceId: id(32), spanId: id(16) })).default([]);
const span = z.object({
  traceId: id(32),
  spanId: id(16),
  parentSpanId: z.union([z.literal(''), id(16)]).optional(),
  name: z.string(),
  kind: kind.default('UNSPECIFIED'),
  startTimeUnixNano: nanoseconds,
  endTimeUnixNano: nanoseconds,
  attributes,
  links,
  status: z.object({ code: z.union([z.int(), z.string()]).optional() }).optional(),
});
const request = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes }).optional(),
      scopeSpans: z.array(z.object({ spans: z.array(span).default([]) })).default([]),
    }),
  ),
});
const line = request.extend({ receivedAt: z.iso.datetime({ offset: true }).optional() });

type Scalar = z.infer<typeof scalar>;
/** A value without any of these fields is the empty value: https://opentelemetry.io/docs/specs/otel/common/#anyvalue */
function scalarOf({ stringValue, boolValue, intValue, doubleValue }: Scalar): string | number | boolean {
  return stringValue ?? boolValue ?? (intValue === undefined ? undefined : Number(intValue)) ?? doubleValue ?? '';
}

function recordOf(list: z.infer<typeof attributes>): Record<string, AttributeValue> {
  return Object.fromEntries(
    list.map(({ key, value: held }) => [key, held.arrayValue ? held.arrayValue.values.map(scalarOf) : scalarOf(held)]),
  );
}

function spansOf({ resourceSpans }: z.infer<typeof request>): Span[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const about = recordOf(resource?.attributes ?? []);
    const service = about['service.name'];
    return scopeSpans
      .flatMap(({ spans }) => spans)
      .map((read) => ({
        traceId: read.traceId,
        spanId: read.spanId,
        parentSpanId: read.parentSpanId === '' ? undefined : read.parentSpanId,
        name: read.name,
        kind: read.kind,
        startMs: read.startTimeUnixNano,
        endMs: read.endTimeUnixNano,
        isError: read.status?.code === ERROR_STATUS || read.status?.code === 'STATUS_CODE_ERROR',
        attributes: recordOf(read.attributes),
        service: typeof service === 'string' && service !== '' ? service : undefined,
        resource: about,
        links: read.links,
      }));
  });
}

function explain(error: z.ZodError, where: string): OtlpError {
  const [issue] = error.issues;
  return new OtlpError(issue ? `${where}: ${issue.path.join('.')}: ${issue.message}` : `${where}: not OTLP`);
}

/** Reads the body of one `POST /v1/traces`. @throws OtlpError */
export function readOtlpRequest(body: unknown): Span[] {
  const parsed = request.safeParse(body);
  if (!parsed.success) throw explain(parsed.error, 'OTLP request');
  return spansOf(parsed.data);
}

/**
 * Reads requests, one per line, as the OpenTelemetry Collector's file exporter writes them. A line may have `receivedAt` (RFC 3339) beside
 * `resourceSpans`; without it, the request counts as received when its last span ended.
 * @throws OtlpError
 */
export function readOtlp(text: string): Export[] {
  return linesOf(text).map(({ body, where }) => {
    const parsed = line.safeParse(body);
    if (!parsed.success) throw explain(parsed.error, where);
    const spans = spansOf(parsed.data);
    const { receivedAt } = parsed.data;
    const receivedMs =
      receivedAt === undefined ? Math.max(0, ...spans.map(({ endMs }) => endMs)) : Date.parse(receivedAt);
    return { receivedMs, spans };
  });
}

/** A file has one request per line, or a single request that spans several lines. */
function linesOf(text: string): { body: unknown; where: string }[] {
  try {
    return [{ body: JSON.parse(text) as unknown, where: 'OTLP' }];
  } catch {
    return text.split('\n').flatMap((each, index) => {
      if (each.trim() === '') return [];
      const where = `line ${index + 1}`;
      try {
        return [{ body: JSON.parse(each) as unknown, where }];
      } catch (error) {
        throw new OtlpError(`${where}: not JSON: ${String(error)}`, { cause: error });
      }
    });
  }
}
