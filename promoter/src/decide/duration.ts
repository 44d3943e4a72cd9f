const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `90s`, `10m`, `2h`, `1d` in milliseconds; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,6})([smhd])$/.exec(text);
  return match ? Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS] : undefined;
}

/** The largest unit that divides it: 600000 -> `10m`. */
export function formatDuration(ms: number): string {
  for (const unit of ['d', 'h', 'm'] as const)
    if (ms > 0 && ms % UNIT_MS[unit] === 0) return `${ms / UNIT_MS[unit]}${unit}`;
  return `${ms / UNIT_MS.s}s`;
}

/** For people; two units at most: `3 d 4 h`, `12 min`, `4.2 s`. */
export function describeDuration(ms: number): string {
  const { s: second, m: minute, h: hour, d: day } = UNIT_MS;
  if (ms < second) return `${Math.round(ms)} ms`;
  if (ms < minute) return `${(ms / second).toFixed(1)} s`;
  const [large, small, largeName, smallName]: [number, number, string, string] =
    ms >= day ? [day, hour, 'd', 'h'] : ms >= hour ? [hour, minute, 'h', 'min'] : [minute, second, 'min', 's'];
  const whole = Math.floor(ms / large);
  const rest = Math.floor((ms % large) / small);
  return rest === 0 ? `${whole} ${largeName}` : `${whole} ${largeName} ${rest} ${smallName}`;
}
