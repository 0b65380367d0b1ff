// Right: what goes over the wire to the simulated vendors, and who is in which meeting.
import { avatar, fill, h } from "./dom.js";

const byId = (id) => document.getElementById(id);
const KEEP = 300;

/** The list of requests; each one folds out. */
export class Wire {
  constructor(timeZone) {
    this.timeZone = timeZone;
    this.exchanges = [];
    byId("wire-filter").addEventListener("change", () => this.draw());
    byId("wire-clear").addEventListener("click", () => {
      this.clearedUpTo = this.exchanges.at(-1)?.number ?? this.clearedUpTo;
      this.exchanges = [];
      this.draw();
    });
  }

  backends(names) {
    const filter = byId("wire-filter");
    const before = filter.value;
    fill(filter, h("option", { value: "" }, "All vendors"), names.map((name) => h("option", { value: name }, name)));
    filter.value = names.includes(before) ? before : "";
  }

  reset(exchanges) {
    this.exchanges = exchanges.filter((exchange) => exchange.number > (this.clearedUpTo ?? 0));
    this.draw();
  }

  add(exchange) {
    this.exchanges = [...this.exchanges, exchange].slice(-KEEP);
    if (this.shown(exchange)) this.prepend(exchange);
    this.count();
  }

  shown(exchange) {
    return !byId("wire-filter").value || exchange.backend === byId("wire-filter").value;
  }

  draw() {
    fill(byId("wire"), h("p", { class: "empty" }, "Nothing yet. Each request the bot makes to a vendor appears here as it happens."));
    this.exchanges.filter((exchange) => this.shown(exchange)).forEach((exchange) => this.prepend(exchange));
    this.count();
  }

  /** The times in the reader's zone, once that is another one. */
  follow() {
    const zone = this.timeZone();
    if (zone === this.zone) return;
    this.zone = zone;
    for (const time of byId("wire").querySelectorAll("time")) time.textContent = moment(time.dateTime, zone);
  }

  prepend(exchange) {
    byId("wire").querySelector(".empty")?.remove();
    byId("wire").prepend(row(exchange, this.timeZone()));
  }

  count() {
    byId("wire-count").textContent = this.exchanges.filter((exchange) => this.shown(exchange)).length || "";
  }
}

const moment = (at, timeZone) => new Intl.DateTimeFormat("en-GB", { timeZone, timeStyle: "medium" }).format(new Date(at));

function row(exchange, timeZone) {
  const good = exchange.status < 400;
  const sent = pretty(exchange.request).value;
  const details = h("details", { class: "exchange", "data-testid": "exchange", "data-backend": exchange.backend, "data-action": sent?.action },
    h("summary", {},
      h("span", { class: `method ${exchange.to_bot ? "in" : exchange.method.toLowerCase()}`, title: exchange.to_bot ? "from the vendor to the bot" : null }, exchange.to_bot ? "HOOK" : exchange.method),
      h("span", { class: "what", title: `${nameOf(exchange, sent)} · ${exchange.path}` }, nameOf(exchange, sent)),
      h("span", { class: "backend" }, exchange.backend),
      h("span", { class: good ? "status good" : "status bad" }, exchange.status),
      h("time", { datetime: exchange.at }, moment(exchange.at, timeZone))));
  details.addEventListener("toggle", () => details.open && details.children.length === 1 && details.append(inside(exchange)), { once: true });
  return details;
}

/** What a request is about: the command or event in its body, else the end of its path. */
function nameOf(exchange, sent) {
  if (typeof sent?.action === "string") return sent.action;
  if (typeof sent?.eventType === "string") return sent.eventType;
  if (exchange.to_bot && sent?.fqn) return "SETTINGS_PROVISIONING"; // the one question among 8x8's webhooks has no name in it
  const service = /\/(?:services|access-management\/[^/]+)\/(.+)$/.exec(exchange.path); // OpenMeetings' services, 8x8's bans
  return service?.[1] ?? exchange.path.split("/").filter(Boolean).at(-1) ?? "/";
}

function inside(exchange) {
  return h("div", { class: "inside" },
    part("Path", exchange.path), part("Query", fields(exchange.query)), part("Authorization", exchange.authorization),
    part("Sent", pretty(exchange.request).text), part(`Answer ${exchange.status}`, pretty(exchange.response).text || "(empty)"));
}

const part = (title, text) => (text ? [h("h4", {}, title), h("pre", {}, text)] : []);

function pretty(text) {
  try {
    const value = JSON.parse(text);
    return { value, text: JSON.stringify(value, null, 2) };
  } catch {
    return { value: null, text: /^[\w.-]+=\S*$/.test(text) ? fields(text) : text };
  }
}

/** A query or a form, one field a line; JSON in a field is laid out. */
function fields(text) {
  return [...new URLSearchParams(text)].map(([key, value]) => `${key} = ${/^[{[]/.test(value) ? pretty(value).text : value}`).join("\n");
}

/** Cards of the rooms at the vendors. `attempt(action, body)` lets somebody in or out. */
export function meetings(rooms, attempt) {
  const shape = JSON.stringify(rooms);
  if (byId("meetings").dataset.shape === shape) return; // an open menu stays open
  byId("meetings").dataset.shape = shape;
  const cards = rooms.map((room) => card(room, (action, body) => attempt(action, { backend: room.backend, room: room.room, ...body })));
  fill(byId("meetings"), cards.length ? cards : h("p", { class: "empty" }, "Nobody meets yet. Try ", h("code", {}, "/meet create standup"), " and press Join."));
}

/** Back to the first line at once: whoever was refused may be tried again. */
function letIn(select, attempt) {
  const who = select.value;
  select.value = "";
  if (who) attempt("join", { who });
}

function card(room, attempt) {
  const inside = room.people.length;
  const join = h("select", { "aria-label": `Let somebody into ${room.title}`, "data-testid": "meeting-join", onchange: (event) => letIn(event.target, attempt) },
    h("option", { value: "" }, "+ Let somebody in…"), room.joiners.map((joiner) => h("option", { value: joiner.id }, joiner.label)));
  return h("div", { class: "meeting", "data-testid": "meeting", "data-room": room.room },
    h("header", {}, h("b", { title: room.room }, room.title), h("span", { class: "backend" }, room.backend), h("span", { class: inside ? "live" : "dim" }, inside ? `${inside} in` : "empty")),
    h("ul", {}, room.people.map((person) => h("li", { "data-testid": "meeting-person" },
      avatar(person, "tiny"), h("span", { class: "name" }, person.name), person.note ? h("small", { class: "dim" }, person.note) : null,
      h("button", { type: "button", "aria-label": `${person.name} leaves`, onclick: () => attempt("leave", { participant: person.id }) }, "Leave")))),
    room.joiners.length ? join : null);
}
