// Block Kit layout. One Surface per message or view: it renders blocks and knows the state of their inputs.
import { freshId, h } from "./dom.js";
import { element, image } from "./elements.js";
import { mrkdwn, plain } from "./mrkdwn.js";
import { richText } from "./rich.js";

/** Renders blocks. `act(action)` and `suggest(query)` answer promises; `values()` is Slack's `state.values`. */
export class Surface {
  constructor({ context, act, suggest }) {
    this.context = context;
    this.act = act;
    this.suggest = suggest;
    this.reads = [];
    this.ids = new Map();
  }

  keep(blockId, actionId, read) {
    this.reads.push({ blockId, actionId, read });
  }

  /** The id which the label of an input block points to. */
  idFor(blockId) {
    if (!this.ids.has(blockId)) this.ids.set(blockId, freshId("input"));
    return this.ids.get(blockId);
  }

  values() {
    const values = {};
    for (const { blockId, actionId, read } of this.reads) (values[blockId] ??= {})[actionId] = read();
    return values;
  }

  render(blocks) {
    return blocks.map((block) => {
      const build = BUILDERS[block.type] ?? unknown;
      const node = build(block, this);
      node.dataset.block = block.block_id ?? "";
      node.dataset.kind = block.type;
      return node;
    });
  }

  text(object) {
    return object.type === "mrkdwn" ? mrkdwn(object.text, { ...this.context, verbatim: object.verbatim }) : plain(object.text);
  }

  place(block, more = {}) {
    return { surface: this, blockId: block.block_id, dispatches: true, ...more };
  }
}

const BUILDERS = {
  header: (block) => h("h3", { class: "block-header" }, plain(block.text.text)),
  divider: () => h("hr"),
  section, context, actions, input, table,
  image: (block) => h("figure", {}, block.title ? h("figcaption", {}, plain(block.title.text)) : null, image(block)),
  rich_text: (block, surface) => h("div", { class: "rich" }, richText(block.elements, surface.context)),
  alert: (block, surface) => h("div", { class: `notice ${block.level ?? ""}`, role: "note" }, surface.text(block.text)),
  call: (block) => h("div", { class: "notice" }, `Call ${block.call_id}`),
};

function unknown(block) {
  return h("div", { class: "unknown" }, `This client cannot show a ${block.type} block.`);
}

function section(block, surface) {
  return h("div", { class: "section" },
    h("div", { class: "body" },
      block.text ? h("div", { class: "text" }, surface.text(block.text)) : null,
      block.fields ? h("div", { class: "fields" }, block.fields.map((field) => h("div", { class: "text" }, surface.text(field)))) : null),
    block.accessory ? h("div", { class: "accessory" }, element(block.accessory, surface.place(block))) : null);
}

function context(block, surface) {
  return h("div", { class: "context" }, block.elements.map((item) => (item.type === "image" ? image(item) : h("span", {}, surface.text(item)))));
}

function actions(block, surface) {
  return h("div", { class: "actions" }, block.elements.map((item) => element(item, surface.place(block))));
}

const LABELLED_GROUPS = ["checkboxes", "radio_buttons"];
function input(block, surface) {
  const label = plain(block.label.text);
  const place = surface.place(block, { dispatches: Boolean(block.dispatch_action), label });
  const group = LABELLED_GROUPS.includes(block.element.type);
  return h("div", { class: "input" },
    h(group ? "div" : "label", { class: "label", for: group ? null : surface.idFor(block.block_id) }, label,
      block.optional ? h("span", { class: "dim" }, " (optional)") : null),
    element(block.element, place),
    block.hint ? h("div", { class: "hint" }, plain(block.hint.text)) : null,
    h("div", { class: "error", role: "alert" }));
}

function table(block, surface) {
  const cell = (item) => (item.type === "rich_text" ? richText(item.elements, surface.context) : plain(item.text ?? ""));
  const [head, ...rows] = block.rows;
  return h("div", { class: "table" }, h("table", {},
    h("thead", {}, h("tr", {}, head.map((item) => h("th", { scope: "col" }, cell(item))))),
    h("tbody", {}, rows.map((row) => h("tr", {}, row.map((item) => h("td", {}, cell(item))))))));
}
