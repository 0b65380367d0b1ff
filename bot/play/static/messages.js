// The messages of one channel: grouped by author, with day lines, edits and the mark of what only one person sees.
import { Surface } from "./blocks.js";
import { avatar, fill, h } from "./dom.js";
import { mrkdwn } from "./mrkdwn.js";

const GROUP_SECONDS = 300;

/**
 * Keeps the list in step with the state. `act(message, action, values)` and `suggest(message, query)` are promises;
 * `reply(message)` begins to write in its thread, `shortcut(message, callback)` uses one of its menu.
 */
export class MessageList {
  constructor({ node, act, suggest, reply, shortcut }) {
    this.node = node;
    this.actions = { act, suggest, reply, shortcut };
    this.drawn = new Map(); // key → {node, shape}
    this.atEnd = true;
    // A smaller window does not hide the newest: what scrolls because the size changed was not scrolled by a person.
    node.addEventListener("scroll", () => { if (this.size === sizeOf(node)) this.atEnd = this.nearEnd(); });
    new ResizeObserver(() => {
      if (this.atEnd) this.toEnd();
      this.size = sizeOf(node);
    }).observe(node);
  }

  /** Draw these messages; those that look the same keep their element, and with it what was typed or chosen. */
  show(messages, context, { intro }) {
    const pinned = this.atEnd || this.nearEnd() || this.channel !== context.channel;
    const roots = new Map(messages.filter((one) => !one.ephemeral).map((one) => [one.ts, one]));
    const view = `${context.channel} ${context.me} ${context.timeZone} ${day(context.now / 1000, context)}`;
    if (view !== this.view) this.drawn.clear();
    this.view = view;
    this.channel = context.channel;
    const kept = new Map();
    const nodes = [];
    let before = null;
    for (const message of messages) {
      if (!before || day(before.ts, context) !== day(message.ts, context)) nodes.push(dayLine(message.ts, context));
      const grouped = Boolean(before) && follows(before, message, context);
      const root = message.thread_ts && message.thread_ts !== message.ts ? roots.get(message.thread_ts) : null;
      const shape = JSON.stringify([message, grouped, root && excerpt(root), context.shortcuts?.length]);
      const known = this.drawn.get(keyOf(message));
      const node = known?.shape === shape ? known.node : this.draw(message, grouped, root, context);
      kept.set(keyOf(message), { node, shape });
      nodes.push(node);
      before = message;
    }
    this.drawn = kept;
    fill(this.node, h("div", { class: "intro" }, intro), nodes);
    if (pinned) this.toEnd();
  }

  nearEnd() {
    return this.node.scrollHeight - this.node.scrollTop - this.node.clientHeight < 80;
  }

  toEnd() {
    this.node.scrollTop = this.node.scrollHeight;
  }

  draw(message, grouped, root, context) {
    const author = context.people.get(message.user) ?? { id: message.user, name: message.user === "USLACKBOT" ? "Slackbot" : message.user };
    const surface = new Surface({
      context,
      act: (action) => this.actions.act(message, action, surface.values()),
      suggest: (query) => this.actions.suggest(message, query),
    });
    const body = message.blocks?.length ? surface.render(message.blocks)
      : [h("div", { class: "text" }, mrkdwn(message.text ?? "", context), message.edited ? edited() : null)];
    return h("article", {
      class: `message${grouped ? " grouped" : ""}${message.ephemeral ? " ephemeral" : ""}`, "data-testid": "message",
      "data-ts": message.ts, "data-user": message.user, "data-ephemeral": message.ephemeral ? "true" : null,
    },
    h("div", { class: "gutter" }, grouped ? h("span", { class: "short-time" }, clockTime(message.ts, context)) : avatar(author)),
    h("div", { class: "content" },
      message.ephemeral ? h("div", { class: "only-you" }, "Only visible to you") : null,
      grouped ? null : h("div", { class: "byline" }, h("b", {}, author.name), author.bot ? h("span", { class: "badge" }, "APP") : null,
        h("time", { datetime: new Date(message.ts * 1000).toISOString() }, clockTime(message.ts, context)),
        message.blocks?.length && message.edited ? edited() : null),
      message.thread_ts && message.thread_ts !== message.ts ? h("div", { class: "dim thread" }, root ? ["↳ in the thread of ", h("b", {}, excerpt(root))] : "↳ in a thread") : null,
      body),
    message.ephemeral ? null : this.menu(message, context));
  }

  /** What Slack offers when one points at a message: its thread, and the shortcuts of apps. */
  menu(message, context) {
    const more = h("details", { class: "overflow" });
    const use = (one) => {
      more.open = false;
      this.actions.shortcut(message, one.callback_id);
    };
    if (context.shortcuts?.length) {
      more.append(h("summary", { class: "button", "aria-label": "More message actions" }, "⋮"), h("div", { class: "menu", role: "menu" },
        context.shortcuts.map((one) => h("button", { type: "button", role: "menuitem", title: one.description, onclick: () => use(one) }, one.name))));
    }
    const reply = h("button", { type: "button", class: "button", title: "Reply in thread", "aria-label": "Reply in thread", onclick: () => this.actions.reply(message) }, "↩");
    return h("div", { class: "pointed" }, reply, more.firstChild ? more : null);
  }
}

const sizeOf = (node) => `${node.clientWidth} ${node.clientHeight}`;

/** The first words of a message, to name its thread by. */
export function excerpt(message) {
  const words = message.text.replace(/<[^<>|]*\|([^<>]*)>/g, "$1").replace(/<[^<>]*>/g, "…").replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&").trim();
  return words.length > 50 ? `${words.slice(0, 50)}…` : words || "a message";
}

const keyOf = (message) => `${message.ts} ${message.ephemeral ? "e" : ""}`;
const edited = () => h("span", { class: "edited" }, "(edited)");

function follows(before, message, context) {
  return before.user === message.user && (before.thread_ts ?? "") === (message.thread_ts ?? "") && !message.ephemeral === !before.ephemeral && message.ts - before.ts < GROUP_SECONDS && !context.people.get(message.user)?.bot;
}

function clockTime(ts, { timeZone }) {
  return new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit" }).format(new Date(ts * 1000));
}

function day(ts, { timeZone }) {
  return new Intl.DateTimeFormat("sv-SE", { timeZone }).format(new Date(ts * 1000));
}

function dayLine(ts, context) {
  const words = new Intl.DateTimeFormat("en-GB", { timeZone: context.timeZone, weekday: "long", day: "numeric", month: "long" }).format(new Date(ts * 1000));
  const today = day(ts, context) === day(context.now / 1000, context);
  return h("div", { class: "day", role: "separator" }, h("span", {}, today ? "Today" : words));
}
