// Where a hop comes from decides what becomes of it.
export type Origin = keyof typeof ORIGINS;

interface Effects {
  /** It is shown in the release's timeline. */
  timeline: boolean;
  /** Its spans are exported to the collector. */
  export: boolean;
  /** It is counted in the metrics of releases. */
  metrics: boolean;
  /** Open pages are rendered again. */
  pages: boolean;
}

export const ORIGINS = {
  /** It has just happened, or is seen here first. */
  live: { timeline: true, export: true, metrics: true, pages: true },
  /** Found in the delivery log: with every start it would be counted again. */
  recovered: { timeline: true, export: true, metrics: false, pages: false },
  /** Recorded before this process began, and made again as far as that is possible. */
  known: { timeline: true, export: false, metrics: false, pages: false },
  /** Exported by the service that it happened in. */
  elsewhere: { timeline: true, export: false, metrics: true, pages: true },
} as const satisfies Record<string, Effects>;
