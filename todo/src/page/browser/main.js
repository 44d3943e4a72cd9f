// State, events and routes of the page. The server's list is the truth: it is read again whenever the server reports a change.
import * as api from './api.js';
import { createListView } from './list-view.js';
import { followChanges } from './live.js';

/** @typedef {import('./api.js').Todo} Todo */

/** @type {<Type extends Element>(selector: string, type: new () => Type) => Type} */
const find = (selector, type) => {
  const found = document.querySelector(selector);
  if (found instanceof type) return found;
  throw new Error(`The page has no ${selector}.`);
};

const newTodo = find('.new-todo', HTMLInputElement);
const problem = find('.problem[role="alert"]', HTMLElement);
const main = find('.main', HTMLElement);
const footer = find('.footer', HTMLElement);
const toggleAll = find('.toggle-all', HTMLInputElement);
const count = find('.todo-count', HTMLElement);
const clearCompleted = find('.clear-completed', HTMLButtonElement);
const filters = document.querySelectorAll('.filters a');

/** @type {Todo[]} */
let todos = [];
/** Counts local changes: a list that was read before a change is not shown after it. */
let changes = 0;

const list = createListView(find('.todo-list', HTMLUListElement), {
  toggle: (id, completed) => change(() => api.changeTodo(id, { completed }).then(replace), assume(id, { completed })),
  rename: (id, title) => change(() => api.changeTodo(id, { title }).then(replace), assume(id, { title })),
  remove: (id) =>
    change(
      () => api.removeTodo(id),
      () => {
        todos = todos.filter((todo) => todo.id !== id);
      },
    ),
});

/** Shows a change before the server has confirmed it. @param {number} id @param {Partial<Todo>} patch */
function assume(id, patch) {
  return () => {
    todos = todos.map((todo) => (todo.id === id ? { ...todo, ...patch } : todo));
  };
}

/** @param {Todo} changed */
function replace(changed) {
  todos = todos.map((todo) => (todo.id === changed.id ? changed : todo));
}

/** @param {() => Promise<void>} work @param {() => void} [assumption] */
function change(work, assumption) {
  changes += 1;
  assumption?.();
  render();
  void work()
    .then(() => showProblem(''))
    .catch((/** @type {Error} */ error) => {
      showProblem(error.message);
      return reload();
    })
    .finally(() => {
      changes += 1;
      render();
    });
}

let reading = Promise.resolve();
let readings = 0;

/** Reads the list again; any number of calls during a read cause one further read. */
function reload() {
  if (readings < 2) {
    readings += 1;
    reading = reading.then(read).finally(() => {
      readings -= 1;
    });
  }
  return reading;
}

/** Never rejects: errors are shown on the page. */
async function read() {
  for (;;) {
    const before = changes;
    try {
      const { todos: found, isComplete } = await api.listTodos();
      if (before !== changes) continue;
      todos = found;
      if (!isComplete) showProblem(`These are the first ${found.length} todos; there are more.`);
    } catch (error) {
      showProblem(error instanceof Error ? error.message : String(error));
    }
    render();
    return;
  }
}

/** @param {string} text */
function showProblem(text) {
  problem.textContent = text;
  problem.hidden = text === '';
}

function render() {
  const filter = location.hash.replace(/^#\//, '');
  const active = todos.filter((todo) => !todo.completed);
  const completed = todos.filter((todo) => todo.completed);
  list.show(filter === 'active' ? active : filter === 'completed' ? completed : todos);
  main.hidden = footer.hidden = todos.length === 0;
  toggleAll.checked = active.length === 0;
  clearCompleted.hidden = completed.length === 0;
  const strong = document.createElement('strong');
  strong.textContent = String(active.length);
  const text = ` ${active.length === 1 ? 'item' : 'items'} left`;
  if (count.textContent !== strong.textContent + text) count.replaceChildren(strong, text);
  for (const link of filters) {
    const isSelected = link.getAttribute('href') === `#/${filter}`;
    link.classList.toggle('selected', isSelected);
    if (isSelected) link.setAttribute('aria-current', 'true');
    else link.removeAttribute('aria-current');
  }
}

newTodo.addEventListener('keydown', (event) => {
  // While an input method composes a character, Enter selects it.
  if (event.key !== 'Enter' || event.isComposing) return;
  const title = newTodo.value.trim();
  if (title === '') return;
  newTodo.value = '';
  change(async () => {
    try {
      const created = await api.createTodo(title);
      if (!todos.some(({ id }) => id === created.id)) todos = [...todos, created];
    } catch (error) {
      if (newTodo.value === '') newTodo.value = title; // give back what was typed
      throw error;
    }
  });
});

toggleAll.addEventListener('change', () => {
  const completed = toggleAll.checked;
  change(
    () => api.completeAll(completed),
    () => {
      todos = todos.map((todo) => ({ ...todo, completed }));
    },
  );
});

clearCompleted.addEventListener('click', () => {
  change(
    () => api.removeCompleted(),
    () => {
      todos = todos.filter((todo) => !todo.completed);
    },
  );
  newTodo.focus();
});

addEventListener('hashchange', render);

/**
 * Reloads an open page after a release, unless somebody is typing. Only done after a reconnect: while two releases run side by side, a
 * page that checked at once would reload again and again.
 */
async function followRelease() {
  const running = await api.runningVersion().catch(() => document.body.dataset['version']);
  if (running !== document.body.dataset['version'] && !list.isEditing() && newTodo.value === '') location.reload();
}

followChanges({ onChange: () => void reload(), onReconnect: () => void followRelease() });
