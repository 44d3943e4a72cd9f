// One line per request, after its response. It has no body, no query and no header: those may hold what people wrote.
import type { Level, Logger } from 'pino';

export interface RequestLogSettings {
  /** `silent` for no lines. */
  level: Level | 'silent';
  /** The part of the requests that have a line, between 0 and 1. Those that failed, with a status of 500 or more, all have one. */
  sample: number;
}

export interface AnsweredRequest {
  method: string;
  /** The pattern, not the path; undefined where no route matched. */
  route: string | undefined;
  status: number;
  seconds: number;
}

/** @param random for tests. */
export function createRequestLog(
  logger: Logger,
  { level, sample }: RequestLogSettings,
  random: () => number = Math.random,
): (request: AnsweredRequest) => void {
  if (level === 'silent') return () => undefined;
  return ({ method, route, status, seconds }) => {
    if (status < 500 && sample < 1 && random() >= sample) return;
    if (!logger.isLevelEnabled(level)) return;
    logger[level]({ method, route, status, durationMs: Math.round(seconds * 1e6) / 1e3 }, 'request');
  };
}
