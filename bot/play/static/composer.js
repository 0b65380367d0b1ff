// The message box: Enter sends, `/…` shows how the command is used, `@` completes people.
import { avatar, fill, h } from "./dom.js";

/** `form` holds a textarea and a button; `send(text)` is a promise; `context()` has {commands, people, channels}. */
export class Composer {
  constructor({ form, hints, send, context }) {
    this.form = form;
    this.field = form.querySelector("textarea");
    this.button = form.querySelector("button");
    this.hints = hints;
    this.sendText = send;
    this.context = context;
    this.past = [];
    this.chosen = 0;
    this.choices = [];
    this.field.addEventListener("input", () => this.typed());
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.field.addEventListener("blur", () => setTimeout(() => this.offer([]), 150));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
  }

  async send() {
    const text = this.field.value.trim();
    if (!text) return;
    this.past.push(text);
    this.back = this.past.length;
    this.write("");
    await this.sendText(text);
  }

  write(text) {
    this.field.value = text;
    this.field.setSelectionRange(text.length, text.length);
    this.typed();
  }

  typed() {
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, 180)}px`;
    this.button.disabled = !this.field.value.trim();
    this.offer(this.offers());
  }

  offers() {
    const before = this.field.value.slice(0, this.field.selectionStart);
    const { commands, people, channels } = this.context();
    const name = /(?:^|\s)([@#])([\p{L}\p{N}._-]{0,30})$/u.exec(before);
    if (name) {
      const found = (name[1] === "@" ? [...people.values()] : [...channels.values()].filter((channel) => !channel.im))
        .filter((one) => [one.name, one.handle ?? ""].some((word) => word.toLowerCase().startsWith(name[2].toLowerCase())));
      const start = before.length - name[2].length - 1;
      if (found.length) {
        return found.slice(0, 7).map((one) => ({ icon: name[1] === "@" ? avatar(one, "small") : "#", title: one.name, hint: one.handle ? `@${one.handle}` : "", text: one.role ?? "",
          put: `${before.slice(0, start)}${name[1]}${one.handle ?? one.name} ${this.field.value.slice(before.length)}` }));
      }
    }
    return before.startsWith("/") ? this.verbs(before, commands) : [];
  }

  verbs(before, commands) {
    const [word, verb, ...rest] = before.split(/\s+/);
    if (verb === undefined) {
      return commands.filter((command) => command.command.startsWith(word))
        .map((command) => ({ title: command.command, hint: command.usage_hint, text: command.description, put: `${command.command} ` }));
    }
    const command = commands.find((one) => one.command === word);
    if (!command) return [];
    const verbs = command.verbs ?? [];
    const found = verbs.filter((one) => (rest.length ? one.verb === verb.toLowerCase() : one.verb.startsWith(verb.toLowerCase())));
    if (!found.length) return [{ title: command.command, hint: command.usage_hint, text: command.description }];
    return found.map((one) => ({ title: `${command.command} ${one.verb}`, hint: one.usage.replace(one.verb, "").trim(), text: one.help,
      put: rest.length ? undefined : `${command.command} ${one.verb} ` }));
  }

  offer(choices) {
    this.choices = choices;
    this.chosen = 0;
    this.hints.hidden = !choices.length;
    this.field.setAttribute("aria-expanded", String(Boolean(choices.length)));
    fill(this.hints, choices.map((choice, index) => h("div", { class: "offer", role: "option", id: `offer${index}`, "aria-selected": String(index === 0),
      onmousedown: (event) => { event.preventDefault(); this.take(index); } },
    choice.icon ?? null, h("b", {}, choice.title), h("code", {}, choice.hint ?? ""), h("span", { class: "dim" }, choice.text ?? ""))));
    this.mark();
  }

  mark() {
    [...this.hints.children].forEach((node, index) => node.setAttribute("aria-selected", String(index === this.chosen)));
    this.hints.children[this.chosen]?.scrollIntoView({ block: "nearest" });
    if (this.choices.length) this.field.setAttribute("aria-activedescendant", `offer${this.chosen}`);
    else this.field.removeAttribute("aria-activedescendant");
  }

  take(index) {
    const choice = this.choices[index];
    if (!choice?.put) return;
    this.write(choice.put);
    this.field.focus();
  }

  key(event) {
    if (event.isComposing) return;
    const open = this.choices.some((choice) => choice.put);
    if (event.key === "Enter" && !event.shiftKey) this.stop(event, () => this.send());
    else if (event.key === "Tab" && open && !event.shiftKey) this.stop(event, () => this.take(this.chosen));
    else if (event.key === "Escape" && this.choices.length) this.stop(event, () => this.offer([]));
    else if (event.key === "ArrowUp" || event.key === "ArrowDown") this.arrow(event, event.key === "ArrowUp" ? -1 : 1, open);
  }

  arrow(event, step, open) {
    if (open && this.choices.length > 1) {
      this.stop(event, () => {
        this.chosen = (this.chosen + step + this.choices.length) % this.choices.length;
        this.mark();
      });
    } else if (this.past.length && (!this.field.value || this.field.value === this.past[this.back])) {
      this.stop(event, () => {
        this.back = Math.max(0, Math.min(this.past.length, (this.back ?? this.past.length) + step));
        this.write(this.past[this.back] ?? "");
      });
    }
  }

  stop(event, then) {
    event.preventDefault();
    then();
  }
}
