import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import type { Hub } from '../hub.ts';
import { PEOPLE } from '../people.ts';

export interface PageContext {
  hub: Hub;
  /** Login of the person who reads the page. */
  viewer: string;
  path: string;
}

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

export function layout({ viewer, path }: PageContext, title: string, content: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · GitHub stand-in</title>
        <link rel="stylesheet" href="/style.css" />
      </head>
      <body>
        <header class="top">
          <a class="home" href="/">GitHub <small>stand-in</small></a>
          <form method="post" action="/viewer" class="viewer" aria-label="Who is looking">
            <input type="hidden" name="back" value="${path}" />
            <span>You are</span>
            ${PEOPLE.map(
              ({ login, role }) =>
                html`<button name="login" value="${login}" title="${role}" aria-pressed="${String(login === viewer)}">
                  ${login}
                </button>`,
            )}
          </form>
        </header>
        <main>${content}</main>
      </body>
    </html>`;
}

/** Shows a time in a readable form, with the exact one in its title. */
export function time(iso: string): Html {
  return html`<time datetime="${iso}" title="${iso}">${iso.replace('T', ' ').replace('Z', ' UTC')}</time>`;
}
