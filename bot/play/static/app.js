// The page: one state, changed by the server's news, drawn by the modules beside this one.
import { Composer } from "./composer.js";
import { fill, h, keepingFocus } from "./dom.js";
import { MessageList, excerpt } from "./messages.js";
import { ModalWindow } from "./modal.js";
import { Wire, meetings } from "./panel.js";
import { HomeTab } from "./home.js";
import { hash, nameOf, sidebar } from "./sidebar.js";
import { Feed, post } from "./socket.js";

const byId = (id) => document.getElementById(id);
const memory = new URLSearchParams(location.hash.slice(1));
const state = {
  me: memory.get("as"), channel: memory.get("in"), workspace: { name: "" }, people: new Map(), channels: new Map(), groups: new Map(),
  commands: [], backends: [], messages: new Map(), views: [], home: null, meetings: [], unread: new Map(), now: new Date(), tab: "messages",
  shortcuts: [], thread: null, // the message whose thread one writes in
};

/** What renderers need to know about the reader. */
const context = () => ({
  me: state.me, people: state.people, channels: state.channels, groups: state.groups, channel: state.channel,
  timeZone: state.people.get(state.me)?.tz ?? "UTC", now: state.now, commands: state.commands,
  shortcuts: state.shortcuts.filter((one) => one.type === "message"),
});

const attempt = async (action, body) => {
  try {
    return await post(action, { as: state.me, ...body });
  } catch (error) {
    toast(error.message);
    return { failure: error.message };
  }
};
const suggestions = async (body) => (await attempt("suggest", body)).options ?? [];

const list = new MessageList({
  node: byId("messages"),
  act: (message, action, values) => attempt("act", { channel: state.channel, ts: message.ts, action, values }),
  suggest: (message, query) => suggestions({ channel: state.channel, ts: message.ts, ...query }),
  reply: (message) => writeIn(message),
  shortcut: (message, callback) => attempt("shortcut", { channel: state.channel, ts: message.ts, callback }),
});
const viewActions = {
  act: (view, action, values) => attempt("act", { view, action, values }),
  suggest: (view, query) => suggestions({ view, ...query }),
  submit: (view, values) => attempt("submit", { view, values }),
  close: (view) => attempt("close", { view }),
};
const modal = new ModalWindow(viewActions);
const home = new HomeTab(byId("home"), viewActions);
const wire = new Wire(() => context().timeZone);
const composer = new Composer({
  form: byId("composer"), hints: byId("hints"), context,
  send: (text) => attempt("send", { channel: state.channel, text, thread: state.thread?.ts }),
});

const NEWS = {
  workspace: (news) => {
    Object.assign(state, { workspace: news.workspace, commands: news.commands, shortcuts: news.shortcuts, backends: news.backends, meetings: news.meetings });
    state.people = new Map(news.people.map((person) => [person.id, person]));
    state.groups = new Map(news.groups.map((group) => [group.id, group]));
    setClock(news.now);
    wire.backends(news.backends);
    wire.reset(news.exchanges);
    if (!state.people.get(state.me)?.playable) become(news.first);
  },
  person: (news) => {
    if (news.me !== state.me) return;
    state.channels = new Map(news.channels.map((channel) => [channel.id, channel]));
    state.messages = new Map(Object.entries(news.messages));
    state.views = news.views;
    state.home = news.home;
    if (!state.channels.has(state.channel)) state.channel = news.channels.find((channel) => !channel.im)?.id ?? news.channels[0]?.id;
    state.unread.delete(`${state.me} ${state.channel}`);
  },
  channels: (news) => { if (news.me === state.me) state.channels = new Map(news.channels.map((channel) => [channel.id, channel])); },
  message: ({ channel, message }) => {
    const others = (state.messages.get(channel) ?? []).filter((known) => known.ts !== message.ts || Boolean(known.ephemeral) !== Boolean(message.ephemeral));
    state.messages.set(channel, [...others, message].sort((a, b) => a.ts - b.ts));
  },
  removed: ({ channel, ts }) => state.messages.set(channel, (state.messages.get(channel) ?? []).filter((message) => message.ts !== ts)),
  arrived: ({ channel, readers, called }) => {
    for (const reader of readers) {
      if (reader === state.me && channel === state.channel) continue;
      const key = `${reader} ${channel}`;
      state.unread.set(key, (state.unread.get(key) ?? 0) + (called.includes(reader) ? 1 : 0));
    }
  },
  views: (news) => { if (news.me === state.me) state.views = news.views; },
  home: (news) => { if (news.me === state.me) state.home = news.home; },
  exchange: (news) => wire.add(news.exchange),
  meetings: (news) => { state.meetings = news.meetings; },
  clock: (news) => setClock(news.now),
};

const feed = new Feed({
  person: state.me,
  hear: (news) => { NEWS[news.type](news); soon(); },
  online: (on) => {
    byId("online").textContent = on ? "" : "Reconnecting…";
    document.body.classList.toggle("offline", !on);
  },
});

function become(person) {
  state.me = person;
  Object.assign(state, { messages: new Map(), channels: new Map(), views: [], home: null, thread: null });
  feed.watch(person);
}

function choose(channel) {
  Object.assign(state, { channel, tab: "messages", thread: null });
  state.unread.delete(`${state.me} ${channel}`);
  draw();
  byId("composer-text").focus();
}

let drawing = false;
/** Draw once for all news that come together. */
function soon() {
  if (drawing) return;
  drawing = true;
  setTimeout(() => { drawing = false; keepingFocus(draw); }, 8);
}

function draw() {
  const channel = state.channels.get(state.channel);
  sidebar(state, { choose, become });
  meetings(state.meetings, attempt);
  wire.follow();
  modal.show(state.views.at(-1), context(), state.views.length);
  drawClock();
  if (!channel) return;
  history.replaceState(null, "", `#${new URLSearchParams({ as: state.me, in: state.channel })}`);
  const name = nameOf(channel, state);
  const title = channel.im ? name : `#${name}`;
  document.title = `${title} · meetops playground`;
  fill(byId("channel-name"), channel.im ? name : [hash(channel), name]);
  byId("channel-topic").textContent = channel.topic ?? "";
  byId("composer-text").placeholder = `Message ${title} as ${state.people.get(state.me).name}, or type / for commands`;
  drawTabs(channel);
  drawThread();
  drawShortcuts();
  list.show(state.messages.get(state.channel) ?? [], context(), { intro: introduction(channel, title) });
}

function drawTabs(channel) {
  const hasHome = Boolean(state.people.get(channel.im)?.bot);
  const tab = hasHome ? state.tab : "messages";
  byId("tabs").hidden = !hasHome;
  fill(byId("tabs"), ["home", "messages"].map((one) => h("button", {
    type: "button", role: "tab", "aria-selected": String(one === tab), "data-testid": `tab-${one}`, onclick: () => openTab(one),
  }, one === "home" ? "Home" : "Messages")));
  byId("messages").hidden = tab === "home";
  byId("home").hidden = tab !== "home";
  document.querySelector(".composer").hidden = tab === "home";
  home.show(hasHome ? state.home : null, context());
}

/** Write in the thread that this message begins or stands in; null: in the channel again. */
function writeIn(message) {
  const messages = state.messages.get(state.channel) ?? [];
  state.thread = message && (messages.find((one) => one.ts === message.thread_ts) ?? message);
  draw();
  byId("composer-text").focus();
}

function drawThread() {
  byId("thread").hidden = !state.thread;
  if (!state.thread) return;
  byId("composer-text").placeholder = "Reply in the thread; for the bot begin with @meetops";
  fill(byId("thread"), "In the thread of ", h("b", {}, excerpt(state.thread)),
    h("button", { type: "button", "aria-label": "Leave the thread", "data-testid": "leave-thread", onclick: () => writeIn(null) }, "✕"));
}

function drawShortcuts() {
  const found = state.shortcuts.filter((one) => one.type === "global");
  byId("shortcuts").hidden = !found.length;
  const use = (one) => {
    byId("shortcuts").open = false;
    attempt("shortcut", { callback: one.callback_id });
  };
  fill(byId("shortcuts").querySelector(".menu"), found.map((one) => h("button", { type: "button", role: "menuitem", title: one.description, onclick: () => use(one) }, one.name)));
}

function openTab(tab) {
  state.tab = tab;
  draw();
  attempt("home", { tab });
}

function introduction(channel, title) {
  const fresh = !state.messages.get(state.channel)?.length;
  return [...welcome(channel, title), ...(fresh ? firstSteps() : [])];
}

/** For whoever opens the page for the first time: what it is, and lines to begin with. */
function firstSteps() {
  const command = state.commands[0]?.command;
  if (!command) return [];
  const [, second] = state.backends;
  const lines = ["help", "create standup", second ? `create ${second}/planning` : "", "start"].filter(Boolean);
  const tries = lines.map((words) => h("button", { type: "button", class: "try", onclick: () => { composer.write(`${command} ${words}`); byId("composer-text").focus(); } }, `${command} ${words}`));
  return [h("span", { class: "dim" }, "Only the bot is real here: be somebody else at the lower left, move the clock at the top, watch the vendors at the right."),
    h("div", { class: "tries" }, h("span", { class: "dim" }, "Try"), tries)];
}

function welcome(channel, title) {
  if (!channel.im) return [h("b", {}, title), h("span", { class: "dim" }, `This is the very beginning of ${title}.`)];
  return [h("b", {}, title), h("span", { class: "dim" }, "Only the two of you read this.")];
}

function setClock(now) {
  state.now = new Date(now);
  state.readAt = performance.now();
}

function drawClock() {
  const now = new Date(state.now.getTime() + performance.now() - (state.readAt ?? performance.now()));
  const { timeZone } = context();
  const words = new Intl.DateTimeFormat("en-GB", { timeZone, weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }).format(now);
  byId("clock").textContent = words;
  byId("clock").dateTime = now.toISOString();
  byId("zone").textContent = timeZone.split("/").at(-1).replaceAll("_", " ");
  byId("zone").title = `${timeZone}, where ${state.people.get(state.me)?.name ?? "nobody"} is`;
}

function toast(sentence) {
  const node = h("div", { class: "toast" }, sentence);
  byId("toasts").append(node);
  setTimeout(() => node.remove(), 6000);
}

for (const button of document.querySelectorAll("[data-minutes]")) {
  button.addEventListener("click", () => attempt("travel", { minutes: Number(button.dataset.minutes) }));
}
byId("theme").addEventListener("click", () => {
  const dark = getComputedStyle(document.documentElement).colorScheme.trim() === "dark"
    || (!document.documentElement.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "light" : "dark";
});
byId("panel-toggle").addEventListener("click", (event) => {
  const closed = document.body.classList.toggle("no-panel");
  event.currentTarget.setAttribute("aria-expanded", String(!closed));
});
// A menu closes when one clicks elsewhere or presses Esc.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.overflow[open], details.multiple[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.overflow[open], details.multiple[open]");
  if (!menu) return;
  event.preventDefault();
  menu.open = false;
  menu.querySelector("summary").focus();
}, true);
setInterval(drawClock, 5000);
feed.connect();
