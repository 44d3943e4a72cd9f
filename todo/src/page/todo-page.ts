// The TodoMVC document (https://github.com/tastejs/todomvc/blob/master/app-spec.md); browser/main.js adds the behaviour.
import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import type { Version } from '../config.ts';
import { banner } from './banner.ts';

export function todoPage(version: Version): HtmlEscapedString | Promise<HtmlEscapedString> {
  const { image, digest, commit, environment, started } = version;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>todo · ${environment}</title>
        <link rel="icon" href="/page/icon.svg" />
        <link rel="stylesheet" href="/page/colors.css" />
        <link rel="stylesheet" href="/page/todo.css" />
        <link rel="modulepreload" href="/page/api.js" />
        <link rel="modulepreload" href="/page/list-view.js" />
        <link rel="modulepreload" href="/page/live.js" />
        <script type="module" src="/page/main.js"></script>
      </head>
      <body data-version="${JSON.stringify([image, digest, commit])}">
        <main class="todoapp">
          <header class="header">
            <p class="release">
              <span class="environment">${environment}</span>
              <span class="tag">${image?.split(':').at(-1) ?? commit?.slice(0, 12) ?? 'not from an image'}</span>
            </p>
            <h1>todos</h1>
            <p class="banner">${banner}</p>
            <input
              class="new-todo"
              placeholder="What needs to be done?"
              aria-label="New todo"
              maxlength="500"
              autocomplete="off"
              enterkeyhint="done"
              autofocus
            />
            <noscript
              ><p class="problem">This page needs JavaScript; <a href="/docs">the API</a> does not.</p></noscript
            >
          </header>
          <p class="problem" role="alert" hidden></p>
          <section class="main" aria-label="List" hidden>
            <input id="toggle-all" class="toggle-all" type="checkbox" />
            <label for="toggle-all">Mark all as complete</label>
            <ul class="todo-list" aria-label="Todos"></ul>
          </section>
          <footer class="footer" hidden>
            <span class="todo-count" role="status"></span>
            <ul class="filters" aria-label="Filter">
              <li><a href="#/" class="selected" aria-current="true">All</a></li>
              <li><a href="#/active">Active</a></li>
              <li><a href="#/completed">Completed</a></li>
            </ul>
            <button class="clear-completed" hidden>Clear completed</button>
          </footer>
        </main>
        <footer class="info">
          <p class="with-pointer">Double-click a todo to edit it, or press F2 on it.</p>
          <p class="with-touch">Tap ✎ next to a todo to edit it.</p>
          <dl>
            <dt>image</dt>
            <dd>${image ?? 'not from an image'}</dd>
            <dt>digest</dt>
            <dd>${digest ?? '–'}</dd>
            <dt>commit</dt>
            <dd>${commit ?? '–'}</dd>
            <dt>started</dt>
            <dd>${started}</dd>
          </dl>
          <p><a href="/docs">API</a> · <a href="/version">version</a></p>
        </footer>
      </body>
    </html>`;
}
