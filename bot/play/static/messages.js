// The messages of one channel: grouped by author, with day lines, edits and the mark of what only one person sees.
import { Surface } from "./blocks.js";
import { avatar, fill, h } from "./dom.js";
import { mrkdwn } from "./mrkdwn.js";

const GROUP_SECONDS = 300;

/** Keeps the list in step with the state. `act(message, action, values)` and `suggest(message, query)` are promises. */
export class MessageList {
  constructor({ node, act, suggest }) {
    this.node = node;
    this.actions = { act, suggest };
    this.drawn = new Map(); // key → {node, shape}
    this.atEnd = true;
    node.addEventListener("scroll", () => { this.atEnd = this.nearEnd(); });
    new ResizeObserver(() => this.atEnd && this.toEnd()).observe(node); // a smaller window does not hide the newest
  }

  /** Draw these messages; those that look the same keep their element, and with it what was typed or chosen. */
  show(messages, context, { intro }) {
    const pinned = this.nearEnd() || this.channel !== context.channel;
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
      const shape = JSON.stringify([message, grouped]);
      const known = this.drawn.get(keyOf(message));
      const node = known?.shape === shape ? known.node : this.draw(message, grouped, context);
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

  draw(message, grouped, context) {
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
      message.thread_ts && message.thread_ts !== message.ts ? h("div", { class: "dim thread" }, "↳ in a thread") : null,
      body));
  }
}

const keyOf = (message) => `${message.ts} ${message.ephemeral ? "e" : ""}`;
const edited = () => h("span", { class: "edited" }, "(edited)");

function follows(before, message, context) {
  return before.user === message.user && !message.ephemeral === !before.ephemeral && message.ts - before.ts < GROUP_SECONDS && !context.people.get(message.user)?.bot;
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
