// The frame of every page, and how times and durations are written.
import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

export interface PageSettings {
  title: string;
  nonce: string;
  configUrl: string | undefined;
  /** What was searched for. */
  query?: string;
  /** Where changes of `content` are streamed from; undefined for a page that does not change. */
  events: string | undefined;
  content: Html;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Two units at most: `3 d 4 h`, `12 min`, `4.2 s`. */
export function duration(ms: number): string {
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  if (ms < MINUTE) return `${(ms / SECOND).toFixed(1)} s`;
  const [large, small, largeName, smallName]: [number, number, string, string] =
    ms >= DAY ? [DAY, HOUR, 'd', 'h'] : ms >= HOUR ? [HOUR, MINUTE, 'h', 'min'] : [MINUTE, SECOND, 'min', 's'];
  const whole = Math.floor(ms / large);
  const rest = Math.floor((ms % large) / small);
  return rest === 0 ? `${whole} ${largeName}` : `${whole} ${largeName} ${rest} ${smallName}`;
}

export function time(iso: string): Html {
  return html`<time datetime="${iso}">${iso.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC')}</time>`;
}

export const timeOf = (ms: number): Html => time(new Date(Math.round(ms)).toISOString());

export function page({ title, nonce, configUrl, query = '', events, content }: PageSettings): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <meta name="htmx-config" content='{"includeIndicatorStyles":false,"allowEval":false}' />
        <link rel="stylesheet" href="/assets/board.css" />
        <script src="/assets/htmx.js" nonce="${nonce}" defer></script>
        <script src="/assets/sse.js" nonce="${nonce}" defer></script>
      </head>
      <body>
        <header>
          <h1>${title}</h1>
          <nav aria-label="Pages">
            <a href="/">Promotions</a>
            <a href="/delivery">Delivery</a>
            ${configUrl ? html`<a href="${configUrl}">config repository</a>` : ''}
          </nav>
          <form action="/search" role="search">
            <label for="q">Where is my change?</label>
            <input id="q" name="q" type="search" value="${query}" placeholder="commit, #12, tag or digest" required />
            <button>Find</button>
          </form>
        </header>
        ${
          events
            ? html`<main hx-ext="sse" sse-connect="${events}">
                <div id="content" sse-swap="content">${content}</div>
              </main>`
            : html`<main>${content}</main>`
        }
      </body>
    </html>`;
}
