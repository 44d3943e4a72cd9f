// The page in Chromium: the twenty-nine behaviours of TodoMVC's specification
// (https://github.com/tastejs/todomvc/blob/master/app-spec.md), then what this page adds.
import { createRequire } from 'node:module';
import { launchBrowser } from '@delivery/chromium';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { banner } from '../src/page/banner.ts';
import { type RunningServer, startServer } from '../src/server.ts';
import { createTestApp, type TestApp, version } from './app.ts';
import { contrastOf } from './contrast.ts';
import { type RunningDatabase, startPglite } from './databases.ts';

const ITEMS = ['buy some cheese', 'feed the cat', 'book a doctors appointment'] as const;

let running: RunningDatabase;
let test: TestApp;
let server: RunningServer;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let url: string;
let consoleErrors: string[];

beforeAll(async () => {
  [running, browser] = await Promise.all([startPglite(), launchBrowser()]);
  test = await createTestApp(running.database);
  server = await startServer(test.app, '127.0.0.1', 0);
  url = `http://127.0.0.1:${server.address.port}/`;
});
afterAll(async () => {
  await browser.close();
  test.feed.close();
  await server.close();
  await running.stop();
});

async function open(options: Parameters<Browser['newContext']>[0] = {}): Promise<void> {
  context = await browser.newContext(options);
  page = await newPage();
}
async function newPage(): Promise<Page> {
  const opened = await context.newPage();
  opened.setDefaultTimeout(5_000);
  opened.on('console', (message) => message.type() === 'error' && consoleErrors.push(message.text()));
  opened.on('pageerror', (error) => consoleErrors.push(String(error)));
  await opened.goto(url);
  return opened;
}
beforeEach(async () => {
  consoleErrors = [];
  await test.app.request('/todos', { method: 'DELETE' });
  await open();
});
afterEach(() => context.close());

const newTodo = (): Locator => page.locator('.new-todo');
const items = (): Locator => page.locator('.todo-list li');
const item = (index: number): Locator => items().nth(index);
const shown = async (): Promise<string[]> => items().locator('label').allTextContents();
const completed = async (): Promise<boolean[]> =>
  Promise.all(
    (await items().all()).map(async (li) => (await li.getAttribute('class'))?.includes('completed') ?? false),
  );
const stored = async (): Promise<{ title: string; completed: boolean }[]> =>
  (await (await test.app.request('/todos')).json()) as { title: string; completed: boolean }[];

async function add(...titles: readonly string[]): Promise<void> {
  for (const title of titles) {
    await newTodo().fill(title);
    await newTodo().press('Enter');
  }
  await items()
    .filter({ hasText: titles.at(-1)?.trim() ?? '' })
    .last()
    .waitFor();
}
/** Polls until the expectation holds: the page changes after the server has responded. */
const eventually = expect.poll;
const startEdit = async (index: number): Promise<Locator> => {
  await item(index).locator('label').dblclick();
  return item(index).locator('.edit');
};

describe('when the page is opened', () => {
  it('1. the new todo field has the focus', async () => {
    await eventually(() => page.evaluate('document.activeElement.className')).toBe('new-todo');
  });
});

describe('no todos', () => {
  it('2. there is no item', async () => {
    expect(await items().count()).toBe(0);
  });

  it('3. main and footer are hidden', async () => {
    expect(await page.locator('.main').isVisible()).toBe(false);
    expect(await page.locator('.footer').isVisible()).toBe(false);
  });
});

describe('a new todo', () => {
  it('4. can be added, and another', async () => {
    await add(ITEMS[0]);
    expect(await shown()).toEqual([ITEMS[0]]);
    await add(ITEMS[1]);
    expect(await shown()).toEqual([ITEMS[0], ITEMS[1]]);
  });

  it('5. leaves an empty field behind', async () => {
    await add(ITEMS[0]);

    expect(await newTodo().inputValue()).toBe('');
  });

  it('6. comes at the bottom of the list, and is counted', async () => {
    await add(...ITEMS);

    expect(await shown()).toEqual([...ITEMS]);
    await eventually(() => page.locator('.todo-count').textContent()).toContain('3');
  });

  it('7. is trimmed', async () => {
    await add(`    ${ITEMS[0]}    `);

    await eventually(shown).toEqual([ITEMS[0]]);
  });

  it('8. brings main and footer', async () => {
    await add(ITEMS[0]);

    expect(await page.locator('.main').isVisible()).toBe(true);
    expect(await page.locator('.footer').isVisible()).toBe(true);
  });
});

describe('mark all as completed', () => {
  beforeEach(() => add(...ITEMS));

  it('9. completes every item', async () => {
    await page.locator('.toggle-all').check();

    await eventually(completed).toEqual([true, true, true]);
  });

  it('10. opens every item again', async () => {
    await page.locator('.toggle-all').check();
    await page.locator('.toggle-all').uncheck();

    await eventually(completed).toEqual([false, false, false]);
  });

  it('11. follows what happens to the items', async () => {
    await page.locator('.toggle-all').check();
    await item(0).locator('.toggle').uncheck();
    await eventually(() => page.locator('.toggle-all').isChecked()).toBe(false);
    await item(0).locator('.toggle').check();
    await eventually(() => page.locator('.toggle-all').isChecked()).toBe(true);
  });
});

describe('an item', () => {
  beforeEach(() => add(ITEMS[0], ITEMS[1]));

  it('12. can be completed', async () => {
    await item(0).locator('.toggle').check();

    await eventually(completed).toEqual([true, false]);
  });

  it('13. can be opened again', async () => {
    await item(0).locator('.toggle').check();
    await item(0).locator('.toggle').uncheck();

    await eventually(completed).toEqual([false, false]);
  });

  it('14. can be edited', async () => {
    const edit = await startEdit(1);
    expect(await edit.inputValue()).toBe(ITEMS[1]);
    await edit.fill('buy some sausages');
    await edit.press('Enter');

    await eventually(shown).toEqual([ITEMS[0], 'buy some sausages']);
  });
});

describe('editing', () => {
  beforeEach(() => add(...ITEMS));

  it('15. hides the other controls', async () => {
    await startEdit(1);

    expect(await item(1).locator('.toggle').isVisible()).toBe(false);
    expect(await item(1).locator('label').isVisible()).toBe(false);
  });

  it('16. is saved when the field loses the focus', async () => {
    const edit = await startEdit(1);
    await edit.fill('buy some sausages');
    await edit.blur();

    await eventually(shown).toEqual([ITEMS[0], 'buy some sausages', ITEMS[2]]);
  });

  it('17. trims what was entered', async () => {
    const edit = await startEdit(1);
    await edit.fill('    buy some sausages    ');
    await edit.press('Enter');

    await eventually(shown).toEqual([ITEMS[0], 'buy some sausages', ITEMS[2]]);
  });

  it('18. removes the item when its text is empty', async () => {
    const edit = await startEdit(1);
    await edit.fill('');
    await edit.press('Enter');

    await eventually(shown).toEqual([ITEMS[0], ITEMS[2]]);
  });

  it('19. is cancelled by Escape', async () => {
    const edit = await startEdit(1);
    await edit.fill('not this');
    await edit.press('Escape');

    expect(await shown()).toEqual([...ITEMS]);
    expect((await stored()).map(({ title }) => title)).toEqual([...ITEMS]);
  });
});

describe('the counter', () => {
  it('20. shows how many are left, in the singular and in the plural', async () => {
    await add(ITEMS[0]);
    await eventually(() => page.locator('.todo-count').textContent()).toBe('1 item left');
    await add(ITEMS[1]);
    await eventually(() => page.locator('.todo-count').textContent()).toBe('2 items left');
    expect(await page.locator('.todo-count strong').textContent()).toBe('2');
  });
});

describe('the button that clears completed items', () => {
  beforeEach(() => add(...ITEMS));

  it('21. says so', async () => {
    await item(0).locator('.toggle').check();

    await eventually(() => page.locator('.clear-completed').textContent()).toBe('Clear completed');
  });

  it('22. removes them', async () => {
    await item(1).locator('.toggle').check();
    await page.locator('.clear-completed').click();

    await eventually(shown).toEqual([ITEMS[0], ITEMS[2]]);
    await eventually(async () => (await stored()).length).toBe(2);
  });

  it('23. is hidden when there are none', async () => {
    await item(1).locator('.toggle').check();
    await page.locator('.clear-completed').click();

    await eventually(() => page.locator('.clear-completed').isVisible()).toBe(false);
  });
});

describe('persistence', () => {
  it('24. shows the same after a reload', async () => {
    await add(ITEMS[0], ITEMS[1]);
    await item(0).locator('.toggle').check();
    await eventually(async () => (await stored())[0]?.completed).toBe(true);

    await page.reload();

    await eventually(shown).toEqual([ITEMS[0], ITEMS[1]]);
    expect(await completed()).toEqual([true, false]);
  });
});

describe('routing', () => {
  const choose = (name: string): Promise<void> => page.getByRole('link', { name, exact: true }).click();
  beforeEach(async () => {
    await add(...ITEMS);
    await item(1).locator('.toggle').check();
    await eventually(async () => (await stored())[1]?.completed).toBe(true);
  });

  it('25. shows the active items', async () => {
    await choose('Active');

    await eventually(shown).toEqual([ITEMS[0], ITEMS[2]]);
  });

  it('26. respects the back button', async () => {
    await choose('Active');
    await choose('Completed');
    await eventually(shown).toEqual([ITEMS[1]]);
    await page.goBack();
    await eventually(shown).toEqual([ITEMS[0], ITEMS[2]]);
    await page.goBack();
    await eventually(shown).toEqual([...ITEMS]);
  });

  it('27. shows the completed items', async () => {
    await choose('Completed');

    await eventually(shown).toEqual([ITEMS[1]]);
  });

  it('28. shows all items again', async () => {
    await choose('Active');
    await choose('Completed');
    await choose('All');

    await eventually(shown).toEqual([...ITEMS]);
  });

  it('29. highlights the filter that is applied', async () => {
    const selected = (): Promise<string | null> => page.locator('.filters .selected').textContent();
    expect(await selected()).toBe('All');
    await choose('Active');
    await eventually(selected).toBe('Active');
    await choose('Completed');
    await eventually(selected).toBe('Completed');
  });
});

describe('beyond TodoMVC', () => {
  it('shows changes from other tabs and people, both ways, and keeps an unfinished edit', async () => {
    await add('from the first');
    const first = page;
    const second = await newPage();
    page = second;
    await eventually(shown).toEqual(['from the first']);
    const edit = await startEdit(0);
    await edit.fill('half-typed');

    page = first;
    await add('from the first again');
    await item(0).locator('.toggle').check();

    page = second;
    await eventually(() => items().count()).toBe(2);
    await eventually(async () => (await completed())[0]).toBe(true);
    expect(await edit.inputValue()).toBe('half-typed');
    await edit.press('Enter');
    page = first;
    await eventually(shown).toEqual(['half-typed', 'from the first again']);
  });

  it('shows why the service refused something, and gives back what was typed', async () => {
    await newTodo().fill('a\u0007b');
    await newTodo().press('Enter');

    await page.getByRole('alert').getByText('title must not contain control characters').waitFor();
    expect(await newTodo().inputValue()).toBe('a\u0007b');
    expect(await shown()).toEqual([]);
    consoleErrors = []; // the browser reports the refusal too
  });

  it('reverts a change that did not reach the service', async () => {
    await add(ITEMS[0]);
    await context.route('**/todos/*', (route) =>
      route.request().method() === 'PATCH' ? route.abort() : route.fallback(),
    );
    await item(0).locator('.toggle').click();

    await page.getByRole('alert').getByText('cannot be reached').waitFor();
    await eventually(completed).toEqual([false]);
    consoleErrors = [];
  });

  it('can be used with the keyboard alone', async () => {
    await add(...ITEMS);
    await item(0).locator('.toggle').focus();
    await page.keyboard.press('Space');
    await eventually(completed).toEqual([true, false, false]);
    await page.keyboard.press('F2');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('typed');
    await page.keyboard.press('Enter');
    await eventually(async () => (await shown())[0]).toBe('typed');
    await page.keyboard.press('Delete');
    await eventually(shown).toEqual([ITEMS[1], ITEMS[2]]);
    expect(await page.evaluate('document.activeElement.getAttribute("aria-label")')).toBe(ITEMS[1]);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await eventually(shown).toEqual([ITEMS[2]]);
  });

  it('shows titles as text, never as markup', async () => {
    await add('<img src=x onerror=alert(1)>');

    expect(await shown()).toEqual(['<img src=x onerror=alert(1)>']);
    expect(await page.locator('.todo-list img').count()).toBe(0);
  });

  it('names its environment and release', async () => {
    expect(await page.locator('.release').textContent()).toMatch(/test\s+main-42-3f2a9c1/);
    expect(await page.locator('.info').textContent()).toContain(version.digest);
  });

  it('is headed as TodoMVC asks, above the line that a release changes', async () => {
    expect(await page.locator('h1').allTextContents()).toEqual(['todos']);
    expect(await page.locator('.banner').textContent()).toBe(banner);
    expect(await newTodo().getAttribute('placeholder')).not.toBe(banner);
  });

  it.each(['light', 'dark'] as const)('shows its glyphs with enough contrast, %s', async (colorScheme) => {
    await context.close();
    await open({ colorScheme });
    await add(ITEMS[0]);

    for (const button of ['.edit-button', '.destroy']) {
      const [ink, sheet, opacity] = (await page.evaluate(`(() => {
        const style = (selector) => getComputedStyle(document.querySelector(selector));
        return [style('${button}').color, style('.main').backgroundColor, style('${button}').opacity];
      })()`)) as [string, string, string];
      expect(opacity).toBe('1');
      expect(contrastOf(ink, sheet)).toBeGreaterThan(4.5); // WCAG AA for text; 3 would do for a glyph
    }
  });

  it('has the box of all todos in line with its text', async () => {
    await add(ITEMS[0]);
    const middleOf = async (selector: string): Promise<number> => {
      const box = await page.locator(selector).boundingBox();
      return box === null ? 0 : box.y + box.height / 2;
    };

    expect(Math.abs((await middleOf('.toggle-all')) - (await middleOf('.toggle-all + label')))).toBeLessThanOrEqual(
      0.5,
    );
  });

  it.each([
    ['a pointer', {}, 'Double-click'],
    ['a finger', { hasTouch: true, isMobile: true, viewport: { width: 390, height: 800 } }, 'Tap'],
  ])('says how to edit with %s', async (_with, options, hint) => {
    await context.close();
    await open(options);

    expect(await page.locator('.info p:visible').first().textContent()).toContain(hint);
    expect(await page.locator('.info p:visible').count()).toBe(2);
  });

  it('reloads after a release, but not while somebody is typing', async () => {
    await newTodo().fill('half-typed');
    await page.evaluate("document.body.dataset.version = 'an older one'");
    const reconnect = (): Promise<unknown> => page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    const asked = page.waitForResponse('**/version');
    await reconnect();
    await asked;
    expect(await newTodo().inputValue()).toBe('half-typed');

    await newTodo().fill('');
    const loaded = page.waitForEvent('load');
    await reconnect();
    await loaded;
  });

  it.each([
    ['wide and light', { viewport: { width: 1200, height: 800 }, colorScheme: 'light' }],
    ['narrow and dark', { viewport: { width: 360, height: 740 }, colorScheme: 'dark' }],
  ] as const)('has no accessibility violation and fits its window, %s', async (_name, options) => {
    await context.close();
    await open({ ...options, bypassCSP: true });
    await add(...ITEMS, 'x'.repeat(400));
    await item(1).locator('.toggle').check();
    const audit = async (): Promise<unknown> => {
      await page.addScriptTag({ path: createRequire(import.meta.url).resolve('axe-core/axe.min.js') });
      return page.evaluate(`axe.run().then(({ violations }) => [
        ...violations.map(({ id, nodes }) => id + ': ' + nodes[0].html),
        ...(document.documentElement.scrollWidth > innerWidth ? ['wider than the window'] : []),
      ])`);
    };

    expect(await audit()).toEqual([]);
    await page.goto(`${url}docs`);
    expect(await audit()).toEqual([]);
  });

  it('logs no errors to the console', async () => {
    await add(...ITEMS);
    await page.goto(`${url}docs`);

    expect(consoleErrors).toEqual([]);
  });
});
