// The frame of every page, and how times are written.
import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

export interface PageSettings {
  title: string;
  nonce: string | undefined;
  configUrl: string | undefined;
  /** What was searched for. */
  query?: string;
  /** Where changes of `content` are streamed from; undefined for a page that does not change. */
  events: string | undefined;
  content: Html;
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
