// Elements without innerHTML: text given here can never become markup.

/** h("button", {class: "x", onclick: f}, "text", node, [nodes]) → element. Falsy children and null properties are left out. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Replace what an element holds. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** An address a person may open: http, https, mailto or tel; anything else is null. */
export function safeAddress(address) {
  try {
    const { protocol, href } = new URL(address);
    return ["http:", "https:", "mailto:", "tel:"].includes(protocol) ? href : null;
  } catch {
    return null;
  }
}

/** A link that opens a new tab and tells it nothing about this page. */
export function link(address, ...children) {
  const href = safeAddress(address);
  if (!href) return h("span", {}, ...children);
  return h("a", { href, target: "_blank", rel: "noopener noreferrer" }, ...children);
}

/** Draw, and put the focus back on the element with the same data-testid when its node was replaced. */
export function keepingFocus(draw) {
  const held = document.activeElement?.dataset?.testid;
  draw();
  if (held && document.activeElement === document.body) document.querySelector(`[data-testid="${CSS.escape(held)}"]`)?.focus();
}

let serial = 0;
/** An id for label/for pairs. */
export function freshId(prefix = "f") {
  serial += 1;
  return `${prefix}${serial}`;
}

const HUES = [8, 36, 152, 190, 214, 262, 292, 330];
/** A picture with the initials of a person, in a colour that stays the same for that id; a bot has the product's. */
export function avatar({ id, name, bot }, size = "") {
  if (bot) return h("img", { class: `avatar ${size}`, src: "/static/icon.svg", alt: "" });
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.charCodeAt(0)) >>> 0;
  const initials = name.split(/\s+/).filter(Boolean).slice(0, 2).map((word) => word[0].toUpperCase()).join("");
  const picture = h("span", { class: `avatar ${size}`, "aria-hidden": "true" }, initials || "?");
  picture.style.setProperty("--hue", HUES[sum % HUES.length]);
  return picture;
}
