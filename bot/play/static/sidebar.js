// Left: channels, direct messages, and who one is.
import { avatar, fill, h } from "./dom.js";

const byId = (id) => document.getElementById(id);

/** Draw the sidebar for this state. `choose` and `become` are called with an id. */
export function sidebar(state, { choose, become }) {
  byId("workspace").textContent = state.workspace.name;
  const all = [...state.channels.values()];
  const rooms = all.filter((channel) => !channel.im).sort((a, b) => a.name.localeCompare(b.name));
  const ims = all.filter((channel) => channel.im).sort((a, b) => Number(botFirst(b, state)) - Number(botFirst(a, state)) || nameOf(a, state).localeCompare(nameOf(b, state)));
  fill(byId("channels"), rooms.map((channel) => entry(channel, state, { choose, icon: hash(channel) })));
  fill(byId("ims"), ims.map((channel) => entry(channel, state, { choose, icon: avatar(state.people.get(channel.im) ?? channel, "small") })));
  fill(byId("people"), [...state.people.values()].filter((person) => person.playable).map((person) => human(person, state, become)));
}

const botFirst = (channel, state) => state.people.get(channel.im)?.bot;

/** The sign before a channel's name. */
export const hash = (channel) => h("span", { class: channel.private ? "hash private" : "hash", "aria-hidden": "true" }, channel.private ? "" : "#");

/** What a channel is called for the reader. */
export function nameOf(channel, state) {
  return channel.im ? state.people.get(channel.im)?.name ?? channel.name : channel.name;
}

function entry(channel, state, { choose, icon }) {
  const key = `${state.me} ${channel.id}`;
  const unread = state.unread.get(key);
  const here = channel.id === state.channel;
  return h("li", {}, h("button", {
    type: "button", class: `entry${state.unread.has(key) ? " unread" : ""}`, "aria-current": here ? "true" : null, "data-testid": `channel-${channel.id}`, onclick: () => choose(channel.id),
  }, icon, h("span", { class: "name" }, nameOf(channel, state)), unread ? h("span", { class: "pill", "aria-label": `${unread} new` }, unread) : null));
}

function human(person, state, become) {
  const waiting = [...state.unread].filter(([key]) => key.startsWith(`${person.id} `)).reduce((sum, [, count]) => sum + count, 0);
  const me = person.id === state.me;
  return h("li", {}, h("button", {
    type: "button", class: "entry person", "aria-pressed": String(me), "data-testid": `person-${person.id}`, onclick: () => become(person.id), title: person.tz,
  }, avatar(person, "small"), h("span", { class: "name" }, person.name),
  h("span", { class: "role" }, person.role ?? ""), waiting && !me ? h("span", { class: "pill", "aria-label": `${waiting} new` }, waiting) : null));
}
