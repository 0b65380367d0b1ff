// Slack's rich_text blocks: sections, lists, quotes and preformatted text.
import { h, link } from "./dom.js";
import { EMOJI } from "./emoji.js";
import { channel, date, group, mention } from "./mrkdwn.js";

const STYLES = { bold: "b", italic: "i", strike: "s", code: "code" };

/** The elements of a rich_text block as nodes. */
export function richText(elements, context) {
  return elements.map((element) => {
    const inner = () => element.elements.map((leaf) => richLeaf(leaf, context));
    switch (element.type) {
      case "rich_text_list": return list(element, context);
      case "rich_text_quote": return h("blockquote", {}, inner());
      case "rich_text_preformatted": return h("pre", {}, inner());
      default: return h("div", { class: "text" }, inner());
    }
  });
}

function list(element, context) {
  const node = h(element.style === "ordered" ? "ol" : "ul", {}, element.elements.map((item) => h("li", {}, richText([item], context))));
  node.style.setProperty("--indent", element.indent ?? 0);
  return node;
}

function richLeaf(leaf, context) {
  const node = bare(leaf, context);
  return Object.entries(STYLES).reduce((inner, [style, tag]) => (leaf.style?.[style] ? h(tag, {}, inner) : inner), node);
}

function bare(leaf, context) {
  switch (leaf.type) {
    case "text": return h("span", { class: "run" }, leaf.text);
    case "link": return link(leaf.url, leaf.text ?? leaf.url);
    case "user": return mention(leaf.user_id, "", context);
    case "channel": return channel(leaf.channel_id, "", context);
    case "usergroup": return group(leaf.usergroup_id, "", context);
    case "emoji": return h("span", { class: "emoji" }, EMOJI[leaf.name] ?? `:${leaf.name}:`);
    case "date": return date(`${leaf.timestamp}^${leaf.format}`, leaf.fallback ?? "", context);
    case "broadcast": return h("span", { class: "mention wide" }, `@${leaf.range}`);
    default: return h("span", {}, leaf.text ?? "");
  }
}
