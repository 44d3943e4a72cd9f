// Renders pull-request bodies as CommonMark with tables. HTML in them is shown as text.
import { raw } from 'hono/html';
import markdownIt from 'markdown-it';
import type { Html } from './layout.ts';

const renderer = markdownIt({ html: false, linkify: true });

export function markdown(text: string): Html {
  return raw(renderer.render(text));
}
