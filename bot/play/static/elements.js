// Block Kit's interactive elements. Each tells its surface how to read its state, and acts when it is used.
import { confirmed } from "./confirm.js";
import { freshId, h, safeAddress } from "./dom.js";
import { marks } from "./marks.js";
import { plain } from "./mrkdwn.js";
import { external, multiple, single } from "./selects.js";
import { instantOf, wallClockOf } from "./zone.js";

const BUILDERS = {
  button, overflow, checkboxes, radio_buttons: checkboxes, image,
  plain_text_input: textInput, number_input: textInput, email_text_input: textInput, url_text_input: textInput,
  datepicker: moment, timepicker: moment, datetimepicker: moment,
  static_select: single, users_select: single, conversations_select: single, channels_select: single, external_select: external,
  multi_static_select: multiple, multi_users_select: multiple, multi_conversations_select: multiple, multi_channels_select: multiple,
  multi_external_select: external,
};

/** One element of a block. `place`: {surface, blockId, dispatches, label}. Unknown kinds are named, not hidden. */
export function element(spec, place) {
  const build = BUILDERS[spec.type];
  if (!build) return h("span", { class: "unknown" }, `This client cannot show a ${spec.type}.`);
  return build(spec, { ...place, act: (value) => act(spec, place, value), keep: (read) => keep(spec, place, read) });
}

function keep(spec, place, read) {
  place.surface.keep(place.blockId, spec.action_id, () => ({ type: spec.type, ...read() }));
}

async function act(spec, place, value) {
  if (!place.dispatches) return;
  if (spec.confirm && !(await confirmed(spec.confirm, place.surface.context))) return;
  await place.surface.act({ type: spec.type, action_id: spec.action_id, block_id: place.blockId, ...value });
}

function button(spec, place) {
  const label = plain(spec.text.text);
  const address = spec.url ? safeAddress(spec.url) : null;
  const value = spec.value === undefined ? {} : { value: spec.value };
  const common = { class: `button ${spec.style ?? ""}`, "data-action": spec.action_id, "aria-label": spec.accessibility_label ?? null };
  if (!address) return h("button", { ...common, type: "button", onclick: (event) => busy(event.currentTarget, () => place.act(value)) }, label);
  const open = (event) => {
    if (spec.confirm) event.preventDefault();
    place.act(value);
  };
  return h("a", { ...common, href: address, target: "_blank", rel: "noopener noreferrer", onclick: open }, label, h("span", { class: "away", "aria-hidden": "true" }, "↗"));
}

async function busy(node, work) {
  node.setAttribute("aria-busy", "true");
  try {
    await work();
  } finally {
    node.removeAttribute("aria-busy");
  }
}

function overflow(spec, place) {
  const menu = h("details", { class: "overflow" });
  const choose = (option) => {
    menu.open = false;
    place.act({ selected_option: option });
  };
  menu.append(
    h("summary", { class: "button", "aria-label": "More actions", "data-action": spec.action_id }, "⋯"),
    h("div", { class: "menu", role: "menu" }, spec.options.map((option) =>
      h("button", { type: "button", role: "menuitem", onclick: () => choose(option) }, plain(option.text.text)))),
  );
  return menu;
}

function checkboxes(spec, place) {
  const radio = spec.type === "radio_buttons";
  const group = freshId("group");
  const initial = radio ? [spec.initial_option] : spec.initial_options ?? [];
  const isInitial = (option) => initial.some((other) => other?.value === option.value);
  const inputs = spec.options.map((option) => h("input", {
    type: radio ? "radio" : "checkbox", name: group, checked: isInitial(option), id: freshId("choice"), "data-value": option.value,
    onchange: () => place.act(read()),
  }));
  const chosen = () => spec.options.filter((_, index) => inputs[index].checked);
  const read = () => (radio ? { selected_option: chosen()[0] ?? null } : { selected_options: chosen() });
  place.keep(read);
  const rows = spec.options.map((option, index) => h("label", { class: "choice", for: inputs[index].id }, inputs[index],
    h("span", {}, plain(option.text.text), option.description ? h("small", {}, plain(option.description.text)) : null)));
  return h("div", { class: "choices", role: radio ? "radiogroup" : "group", "data-action": spec.action_id, "aria-label": place.label ?? null }, rows);
}

const INPUT_TYPES = { plain_text_input: "text", number_input: "text", email_text_input: "email", url_text_input: "url" };
function textInput(spec, place) {
  const field = h(spec.multiline ? "textarea" : "input", {
    ...marks(spec, place), type: spec.multiline ? null : INPUT_TYPES[spec.type], rows: spec.multiline ? 4 : null,
    inputmode: spec.type === "number_input" ? "decimal" : null, maxlength: spec.max_length, autocomplete: "off", class: "field",
    placeholder: spec.placeholder ? plain(spec.placeholder.text) : null, value: spec.initial_value ?? "", autofocus: spec.focus_on_load,
  });
  const read = () => ({ value: field.value === "" ? null : field.value });
  place.keep(read);
  const enters = spec.dispatch_action_config?.trigger_actions_on?.includes("on_character_entered");
  field.addEventListener(enters ? "input" : "keydown", (event) => {
    if (enters || (event.key === "Enter" && place.dispatches && !spec.multiline)) place.act(read());
  });
  return field;
}

const MOMENTS = {
  datepicker: { type: "date", initial: (spec) => spec.initial_date, read: (value) => ({ selected_date: value || null }) },
  timepicker: { type: "time", initial: (spec) => spec.initial_time, read: (value) => ({ selected_time: value || null }) },
  datetimepicker: {
    type: "datetime-local",
    initial: (spec, zone) => (spec.initial_date_time ? wallClockOf(spec.initial_date_time, zone) : ""),
    read: (value, zone) => ({ selected_date_time: value ? instantOf(value, zone) : null }),
  },
};
function moment(spec, place) {
  const { type, initial, read } = MOMENTS[spec.type];
  const zone = place.surface.context.timeZone;
  const field = h("input", { ...marks(spec, place), type, class: "field", value: initial(spec, zone) ?? "", onchange: () => place.act(now()) });
  const now = () => read(field.value, zone);
  place.keep(now);
  return field;
}

/** Pictures from elsewhere are not fetched: the playground stays on this machine. Their description stands in. */
export function image(spec) {
  const local = /^(data:image\/|\/)/.test(spec.image_url ?? "");
  return local
    ? h("img", { src: spec.image_url, alt: spec.alt_text })
    : h("span", { class: "picture", role: "img", "aria-label": spec.alt_text, title: spec.image_url ?? "" }, spec.alt_text);
}
