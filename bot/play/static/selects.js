// Block Kit's select menus: one of a list, several of a list, and lists that the bot fills in while one types.
import { fill, h } from "./dom.js";
import { marks } from "./marks.js";
import { plain } from "./mrkdwn.js";

const KINDS = {
  static: { one: "selected_option", many: "selected_options", initial: ["initial_option", "initial_options"] },
  external: { one: "selected_option", many: "selected_options", initial: ["initial_option", "initial_options"] },
  users: { one: "selected_user", many: "selected_users", initial: ["initial_user", "initial_users"] },
  conversations: { one: "selected_conversation", many: "selected_conversations", initial: ["initial_conversation", "initial_conversations"] },
  channels: { one: "selected_channel", many: "selected_channels", initial: ["initial_channel", "initial_channels"] },
};
const kindOf = (spec) => KINDS[spec.type.replace(/^multi_/, "").replace(/_select$/, "")];

/** What may be chosen: [{label, value (what Slack sends), group}]. */
function choices(spec, { people, channels }) {
  const kind = spec.type.replace(/^multi_/, "").replace(/_select$/, "");
  if (kind === "users") return [...people.values()].map((person) => ({ label: `@${person.name}`, value: person.id }));
  if (kind === "channels" || kind === "conversations") return conversations(spec, channels, people, kind);
  const one = (option, group) => ({ label: plain(option.text.text), value: option, group, description: option.description?.text });
  if (!spec.option_groups) return (spec.options ?? []).map((option) => one(option));
  return spec.option_groups.flatMap(({ label, options }) => options.map((option) => one(option, plain(label.text))));
}

function conversations(spec, channels, people, kind) {
  const wanted = spec.filter?.include ?? (kind === "channels" ? ["public"] : ["public", "private", "im", "mpim"]);
  const typeOf = (channel) => (channel.im ? "im" : channel.private ? "private" : "public");
  return [...channels.values()].filter((channel) => wanted.includes(typeOf(channel)))
    .map((channel) => ({ label: channel.im ? `@${people.get(channel.im)?.name ?? channel.name}` : `#${channel.name}`, value: channel.id }));
}

const key = (value) => (typeof value === "string" ? value : value?.value);

export function single(spec, place) {
  const context = place.surface.context;
  const options = choices(spec, context);
  const kind = kindOf(spec);
  const initial = spec[kind.initial[0]] ?? (spec.default_to_current_conversation ? context.channel : undefined);
  const nodes = options.map((option, index) => h("option", { value: index, selected: initial !== undefined && key(option.value) === key(initial) }, option.label));
  const select = h("select", { ...marks(spec, place), class: "field", onchange: () => place.act(read()) },
    h("option", { value: "", selected: initial === undefined }, plain(spec.placeholder?.text ?? "Choose…")), grouped(options, nodes));
  const read = () => ({ [kind.one]: select.value === "" ? null : options[Number(select.value)].value });
  place.keep(read);
  return select;
}

function grouped(options, nodes) {
  const groups = new Map();
  options.forEach((option, index) => groups.set(option.group, [...(groups.get(option.group) ?? []), nodes[index]]));
  return [...groups].flatMap(([label, members]) => (label ? [h("optgroup", { label }, members)] : members));
}

export function multiple(spec, place) {
  const options = choices(spec, place.surface.context);
  const kind = kindOf(spec);
  const initial = new Set((spec[kind.initial[1]] ?? []).map(key));
  const boxes = options.map((option) => h("input", { type: "checkbox", checked: initial.has(key(option.value)), "data-value": key(option.value) }));
  const chosen = () => options.filter((_, index) => boxes[index].checked);
  const summary = h("summary", { ...marks(spec, place), class: "field" });
  const caption = () => fill(summary, chosen().length
    ? chosen().map((option) => h("span", { class: "chip" }, option.label))
    : h("span", { class: "dim" }, plain(spec.placeholder?.text ?? "Choose…")));
  const read = () => ({ [kind.many]: chosen().map((option) => option.value) });
  place.keep(read);
  caption();
  const rows = options.map((option, index) => h("label", { class: "choice" }, boxes[index], h("span", {}, option.label)));
  const changed = () => {
    caption();
    place.act(read());
  };
  return h("details", { class: "multiple" }, summary, h("div", { class: "menu", onchange: changed }, rows));
}

/** A text field with the bot's own suggestions below it (block_suggestion). */
export function external(spec, place) {
  const many = spec.type.startsWith("multi_");
  const kind = kindOf(spec);
  const initial = spec[kind.initial[many ? 1 : 0]] ?? [];
  let chosen = [initial].flat();
  const chips = h("span", { class: "chips" });
  const menu = h("div", { class: "menu", role: "listbox", hidden: true });
  const field = h("input", { ...marks(spec, place), class: "field", autocomplete: "off", placeholder: plain(spec.placeholder?.text ?? "Type to search…") });
  const show = () => fill(chips, chosen.map((option) => h("span", { class: "chip" }, plain(option.text.text))));
  const choose = (option) => {
    chosen = many ? [...chosen.filter((other) => other.value !== option.value), option] : [option];
    field.value = "";
    menu.hidden = true;
    show();
    place.act(read());
  };
  const ask = async () => {
    if (field.value.length < (spec.min_query_length ?? 3)) return;
    const typed = field.value;
    const options = await place.surface.suggest({ action_id: spec.action_id, block_id: place.blockId, value: typed });
    if (typed !== field.value) return; // a later letter has its own answer
    menu.hidden = false;
    fill(menu, options.length ? options.map((option) => h("button", { type: "button", role: "option", onclick: () => choose(option) }, plain(option.text.text)))
      : h("span", { class: "dim" }, "No matches"));
  };
  field.addEventListener("input", ask);
  field.addEventListener("focus", ask);
  const read = () => (many ? { [kind.many]: chosen } : { [kind.one]: chosen[0] ?? null });
  place.keep(read);
  show();
  return h("div", { class: "external" }, chips, field, menu);
}
