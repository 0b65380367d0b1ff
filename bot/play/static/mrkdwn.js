// Slack's mrkdwn as elements. Everything that is not understood stays the text it was.
import { h, link } from "./dom.js";
import { EMOJI } from "./emoji.js";

const ENTITIES = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };
/** Slack escapes exactly these three. */
export function decode(text) {
  return text.replace(/&(?:lt|gt|amp);/g, (entity) => ENTITIES[entity]);
}

// Content of bold, italic and strike: whole <…> tokens or other letters of the same line.
const inside = (mark) => `(?=[^\\s${mark}])((?:<[^>\\n]*>|[^<\\n${mark}])*[^\\s${mark}])`;
const RULES = [
  { name: "pre", pattern: /```\n?([\s\S]+?)\n?```/y },
  { name: "code", pattern: /`([^`\n]+)`/y },
  { name: "token", pattern: /<([^<>\n]+)>/y },
  { name: "b", pattern: new RegExp(`\\*${inside("*")}\\*(?![\\p{L}\\p{N}*])`, "uy"), word: true },
  { name: "i", pattern: new RegExp(`_${inside("_")}_(?![\\p{L}\\p{N}_])`, "uy"), word: true },
  { name: "s", pattern: new RegExp(`~${inside("~")}~(?![\\p{L}\\p{N}~])`, "uy"), word: true },
  { name: "emoji", pattern: /:([a-z0-9_+'-]+):/y },
  { name: "url", pattern: /https?:\/\/[^\s<>|]+[^\s<>|.,;:!?)'"»”]/y, word: true, auto: true },
];

/** mrkdwn(text, context) → fragment. `context`: {people, channels, groups, timeZone, now, verbatim}. */
export function mrkdwn(text, context) {
  const fragment = document.createDocumentFragment();
  for (const { quoted, text: words } of splitQuotes(text)) {
    const part = inline(words, context);
    fragment.append(quoted ? h("blockquote", {}, part) : part);
  }
  return fragment;
}

/** Plain text objects: entities decoded, emoji shown, nothing else has a meaning. */
export function plain(text) {
  return decode(text).replace(/:([a-z0-9_+'-]+):/g, (whole, name) => EMOJI[name] ?? whole);
}

function splitQuotes(text) {
  const parts = [];
  let fenced = false;
  for (const line of text.split("\n")) {
    const quoted = !fenced && /^&gt; ?/.test(line);
    const bare = quoted ? line.replace(/^&gt; ?/, "") : line;
    const last = parts.at(-1);
    if (last && last.quoted === quoted) last.text += `\n${bare}`;
    else parts.push({ quoted, text: bare });
    if ((line.match(/```/g) ?? []).length % 2) fenced = !fenced;
  }
  return parts;
}

function inline(text, context) {
  const fragment = document.createDocumentFragment();
  let start = 0;
  let at = 0;
  const flush = (end) => end > start && appendText(fragment, text.slice(start, end));
  while (at < text.length) {
    const found = ruleAt(text, at, context);
    if (!found) {
      at += 1;
      continue;
    }
    flush(at);
    fragment.append(found.node);
    at += found.length;
    start = at;
  }
  flush(text.length);
  return fragment;
}

function ruleAt(text, at, context) {
  for (const rule of RULES) {
    if (rule.word && at > 0 && /[\p{L}\p{N}]/u.test(text[at - 1])) continue;
    if (rule.auto && context.verbatim) continue;
    rule.pattern.lastIndex = at;
    const match = rule.pattern.exec(text);
    const node = match && element(rule.name, match, context);
    if (node) return { node, length: match[0].length };
  }
  return null;
}

function element(name, match, context) {
  switch (name) {
    case "pre": return h("pre", {}, decode(match[1]));
    case "code": return h("code", {}, decode(match[1]));
    case "token": return token(match[1], context);
    case "emoji": return EMOJI[match[1]] ? h("span", { class: "emoji", title: `:${match[1]}:` }, EMOJI[match[1]]) : null;
    case "url": return link(decode(match[0]), decode(match[0]));
    default: return h(name, {}, inline(match[1], context));
  }
}

function appendText(fragment, text) {
  decode(text).split("\n").forEach((line, index) => {
    if (index) fragment.append(h("br"));
    if (line) fragment.append(line);
  });
}

function token(text, context) {
  const [head, ...rest] = text.split("|");
  const label = rest.join("|");
  if (head.startsWith("@")) return mention(head.slice(1), label, context);
  if (head.startsWith("#")) return channel(head.slice(1), label, context);
  if (head.startsWith("!date^")) return date(head.slice(6), label, context);
  if (head.startsWith("!subteam^")) return group(head.slice(9), label, context);
  if (head.startsWith("!")) return h("span", { class: "mention wide" }, `@${decode(label || head.slice(1))}`);
  return link(decode(head), decode(label || head.replace(/^(mailto|tel):/, "")));
}

export function mention(id, label, { people, me }) {
  const name = people.get(id)?.name ?? (decode(label ?? "") || id);
  return h("span", { class: id === me ? "mention self" : "mention", "data-user": id }, `@${name}`);
}

export function channel(id, label, { channels }) {
  return h("span", { class: "mention", "data-channel": id }, `#${channels.get(id)?.name ?? (decode(label ?? "") || id)}`);
}

export function group(id, label, { groups }) {
  const name = groups?.get(id)?.handle ?? (decode(label ?? "").replace(/^@/, "") || id);
  return h("span", { class: "mention wide" }, `@${name}`);
}

/** <!date^unix^format^link|fallback>, in the reader's time zone. */
export function date(text, fallback, context) {
  const [unix, format = "{date_short_pretty} {time}", address] = text.split("^");
  const moment = new Date(Number(unix) * 1000);
  if (Number.isNaN(moment.getTime())) return document.createTextNode(decode(fallback));
  const words = decode(format).replace(/\{(\w+)\}/g, (whole, word) => dateWord(word, moment, context) ?? whole);
  const time = h("time", { datetime: moment.toISOString(), title: decode(fallback) }, words);
  return address ? link(decode(address), time) : time;
}

function dateWord(word, moment, { timeZone, now }) {
  const write = (options) => new Intl.DateTimeFormat("en-GB", { timeZone, ...options }).format(moment);
  const base = word.replace(/_pretty$/, "");
  if (word !== base) {
    const pretty = nearDay(moment, now, timeZone);
    if (pretty) return pretty;
  }
  switch (base) {
    case "date_num": return new Intl.DateTimeFormat("sv-SE", { timeZone }).format(moment);
    case "date": return write({ day: "numeric", month: "long", year: "numeric" });
    case "date_short": return write({ day: "numeric", month: "short", year: "numeric" });
    case "date_long": return write({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
    case "day_divider_pretty": return write({ weekday: "long", day: "numeric", month: "long" });
    case "time": return write({ hour: "2-digit", minute: "2-digit" });
    case "time_secs": return write({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
    case "ago": return ago(moment, now);
    default: return null;
  }
}

function nearDay(moment, now, timeZone) {
  const day = (when) => new Intl.DateTimeFormat("sv-SE", { timeZone }).format(when);
  for (const [name, shift] of [["today", 0], ["yesterday", -1], ["tomorrow", 1]]) {
    if (day(moment) === day(new Date(now.getTime() + shift * 86_400_000))) return name;
  }
  return null;
}

function ago(moment, now) {
  const minutes = Math.round((moment - now) / 60_000);
  const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  if (Math.abs(minutes) < 60) return words.format(minutes, "minute");
  if (Math.abs(minutes) < 1440) return words.format(Math.round(minutes / 60), "hour");
  return words.format(Math.round(minutes / 1440), "day");
}
