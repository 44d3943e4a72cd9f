// Todos -> DOM. An item keeps its element as long as its todo exists, so that focus and unfinished edits survive.

/** @typedef {import('./api.js').Todo} Todo */

/**
 * @typedef {object} Actions
 * @property {(id: number, completed: boolean) => void} toggle
 * @property {(id: number) => void} remove
 * @property {(id: number, title: string) => void} rename
 */

/**
 * @typedef {object} ListView
 * @property {(todos: readonly Todo[]) => void} show
 * @property {() => boolean} isEditing
 */

/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Partial<HTMLElementTagNameMap[Name]>} properties
 * @param {Node[]} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/**
 * @param {HTMLUListElement} list
 * @param {Actions} actions
 * @returns {ListView}
 */
export function createListView(list, actions) {
  /** @type {Map<number, ReturnType<typeof createItem>>} */
  const items = new Map();
  return {
    isEditing: () => list.querySelector('.editing') !== null,
    show(todos) {
      const shown = new Set(todos.map(({ id }) => id));
      for (const [id, { root }] of items) {
        if (shown.has(id)) continue;
        keepFocusNear(root);
        root.remove();
        items.delete(id);
      }
      let place = list.firstElementChild;
      for (const todo of todos) {
        const item = items.get(todo.id) ?? createItem(todo, actions);
        items.set(todo.id, item);
        item.update(todo);
        if (place === item.root) place = place.nextElementSibling;
        else list.insertBefore(item.root, place);
      }
    },
  };
}

/** When an item is removed with the keyboard, its neighbour gets the focus. @param {HTMLElement} root */
function keepFocusNear(root) {
  if (!root.contains(document.activeElement)) return;
  const neighbour = root.nextElementSibling ?? root.previousElementSibling;
  const target = neighbour?.querySelector('.toggle') ?? document.querySelector('.new-todo');
  if (target instanceof HTMLElement) target.focus();
}

/** @param {Todo} todo @param {Actions} actions */
function createItem(todo, actions) {
  let current = todo;
  const toggle = element('input', { className: 'toggle', type: 'checkbox' });
  const title = element('label', {});
  const editButton = element('button', { className: 'edit-button', type: 'button' });
  const destroy = element('button', { className: 'destroy', type: 'button' });
  const view = element('div', { className: 'view' }, toggle, title, editButton, destroy);
  const edit = element('input', { className: 'edit', maxLength: 500, autocomplete: 'off' });
  const root = element('li', {}, view, edit);

  function startEdit() {
    root.classList.add('editing');
    edit.value = current.title;
    edit.focus();
  }
  /** @param {boolean} save */
  function endEdit(save) {
    if (!root.classList.contains('editing')) return;
    root.classList.remove('editing');
    if (!save) return;
    const text = edit.value.trim();
    if (text === '') actions.remove(current.id);
    else if (text !== current.title) actions.rename(current.id, text);
  }

  toggle.addEventListener('change', () => actions.toggle(current.id, toggle.checked));
  destroy.addEventListener('click', () => actions.remove(current.id));
  editButton.addEventListener('click', startEdit);
  title.addEventListener('dblclick', startEdit);
  view.addEventListener('keydown', (event) => {
    if (event.key === 'F2') startEdit();
    if (event.key === 'Delete' && event.target === toggle) actions.remove(current.id);
  });
  edit.addEventListener('blur', () => endEdit(true));
  edit.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    endEdit(event.key === 'Enter');
    toggle.focus();
  });

  return {
    root,
    /** @param {Todo} next */
    update(next) {
      current = next;
      root.classList.toggle('completed', next.completed);
      toggle.checked = next.completed;
      if (title.textContent !== next.title) {
        title.textContent = next.title;
        toggle.ariaLabel = next.title;
        editButton.ariaLabel = `Edit ${next.title}`;
        destroy.ariaLabel = `Delete ${next.title}`;
        edit.ariaLabel = `Title of ${next.title}`;
      }
    },
  };
}
