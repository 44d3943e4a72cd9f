// The page: the list, and which version in which environment shows it.
import { Hono } from 'hono';
import { html } from 'hono/html';
import type { Version } from '../config.ts';
import type { TodoStore } from '../todos/todo-store.ts';
import { NewTodo } from '../todos/todo.ts';
import { banner } from './banner.ts';
import { stylesheet } from './stylesheet.ts';

export function pageRoutes(store: TodoStore, version: Version): Hono {
  return new Hono()
    .get('/style.css', (c) => c.body(stylesheet, 200, { 'content-type': 'text/css; charset=utf-8' }))
    .get('/favicon.ico', (c) => c.body(null, 204))
    .get('/', async (c) => {
      const todos = await store.list();
      return c.html(
        html`<!doctype html>
          <html lang="en">
            <head>
              <meta charset="utf-8" />
              <meta name="viewport" content="width=device-width, initial-scale=1" />
              <title>todo · ${version.environment}</title>
              <link rel="stylesheet" href="/style.css" />
            </head>
            <body>
              <header>
                <p class="environment">${version.environment}</p>
                <h1>${banner}</h1>
              </header>
              <main>
                <form method="post" action="/">
                  <label>New todo <input name="title" required maxlength="500" autocomplete="off" /></label>
                  <button>Add</button>
                </form>
                ${todos.length === 0 ? html`<p class="empty">Nothing yet.</p>` : ''}
                <ul>
                  ${todos.map(
                    (todo) =>
                      html`<li class="${todo.completed ? 'completed' : ''}">
                        <form method="post" action="/toggle/${todo.id}">
                          <button aria-pressed="${String(todo.completed)}">${todo.title}</button>
                        </form>
                      </li>`,
                  )}
                </ul>
              </main>
              <footer>
                <dl>
                  <dt>image</dt>
                  <dd>${version.image ?? 'not from an image'}</dd>
                  <dt>digest</dt>
                  <dd>${version.digest ?? '–'}</dd>
                  <dt>commit</dt>
                  <dd>${version.commit ?? '–'}</dd>
                  <dt>started</dt>
                  <dd>${version.started}</dd>
                </dl>
              </footer>
            </body>
          </html>`,
      );
    })
    .post('/', async (c) => {
      const todo = NewTodo.safeParse({ title: (await c.req.parseBody())['title'] });
      if (!todo.success) return c.text(`The title ${todo.error.issues[0]?.message ?? 'is not valid'}.`, 422);
      await store.insert(todo.data);
      return c.redirect('/', 303);
    })
    .post('/toggle/:id{[1-9][0-9]{0,14}}', async (c) => {
      const id = Number(c.req.param('id'));
      const todo = await store.find(id);
      if (!todo) return c.text('There is no such todo.', 404);
      await store.update(id, { completed: !todo.completed });
      return c.redirect('/', 303);
    });
}
