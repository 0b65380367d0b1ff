// The bot's views: opened, updated, pushed, submitted, refused at a field.
import { Surface } from "./blocks.js";
import { fill, h } from "./dom.js";
import { plain } from "./mrkdwn.js";

/** The view on top of a person's stack. `actions`: {act, suggest, submit, close}, each a promise. */
export class ModalWindow {
  constructor(actions) {
    this.actions = actions;
    this.shown = null; // id and hash of the view that stands there now
  }

  /** Show this view, or none. A view which already stands there is left alone: what was typed stays. */
  show(view, context, depth = 1) {
    const shown = view ? `${view.id} ${view.hash}` : null;
    if (shown === this.shown) return void this.complain({ errors: view?.errors });
    const sameView = this.dialog && view && this.viewId === view.id;
    const typed = sameView ? this.remember() : null;
    this.shown = shown;
    this.viewId = view?.id;
    if (!view) return void this.remove();
    this.surface = new Surface({ context, act: (action) => this.actions.act(view.id, action, this.surface.values()), suggest: (query) => this.actions.suggest(view.id, query) });
    this.draw(view, depth);
    if (typed) this.restore(typed);
  }

  draw(view, depth) {
    this.said = null;
    const isNew = !this.dialog;
    if (isNew) {
      this.dialog = h("dialog", { class: "modal", "data-testid": "modal", oncancel: (event) => { event.preventDefault(); this.close(); } });
      document.getElementById("dialogs").append(this.dialog);
    }
    this.dialog.setAttribute("aria-label", plain(view.title.text));
    const blocks = this.surface.render(view.blocks);
    const form = h("form", { method: "dialog", novalidate: true, onsubmit: (event) => this.submit(event) },
      h("header", {}, h("h2", {}, plain(view.title.text)), depth > 1 ? h("small", { class: "dim" }, `step ${depth}`) : null,
        h("button", { type: "button", class: "close", "aria-label": "Close", "data-testid": "modal-x", onclick: () => this.close() }, "✕")),
      h("div", { class: "dialog-body" }, blocks),
      h("p", { class: "error whole", role: "alert" }),
      h("footer", {},
        h("button", { type: "button", class: "button", "data-testid": "modal-close", onclick: () => this.close() }, plain(view.close?.text ?? "Close")),
        view.submit ? h("button", { type: "submit", class: "button primary", "data-testid": "modal-submit" }, plain(view.submit.text)) : null));
    fill(this.dialog, form);
    if (isNew) this.dialog.showModal();
    (form.querySelector("[autofocus]") ?? form.querySelector(".dialog-body :is(input, select, textarea, button, a, summary)"))?.focus();
  }

  async submit(event) {
    event.preventDefault();
    const button = this.dialog.querySelector("[type=submit]");
    if (!button || button.disabled) return;
    button.disabled = true;
    try {
      const { failure } = await this.actions.submit(this.viewId, this.surface.values());
      if (failure) this.complain({ failure });
    } finally {
      button.disabled = false;
    }
  }

  /** Show the bot's messages at their blocks; one that names no block goes above the buttons. */
  complain({ errors = {}, failure = "" } = {}) {
    const said = JSON.stringify([errors, failure]);
    if (!this.dialog || said === this.said) return;
    this.said = said;
    const rest = { ...errors };
    let first = null;
    for (const block of this.dialog.querySelectorAll("[data-kind=input]")) {
      const message = rest[block.dataset.block] ?? "";
      delete rest[block.dataset.block];
      block.querySelector(".error").textContent = message;
      block.classList.toggle("wrong", Boolean(message));
      const field = block.querySelector("input, select, textarea, summary");
      field?.setAttribute("aria-invalid", String(Boolean(message)));
      if (message) first ??= field;
    }
    this.dialog.querySelector(".error.whole").textContent = failure || Object.values(rest).join(" ");
    first?.focus();
  }

  async close() {
    await this.actions.close(this.viewId);
  }

  remove() {
    this.dialog?.close();
    this.dialog?.remove();
    this.dialog = null;
  }

  remember() {
    const typed = new Map();
    for (const field of this.dialog.querySelectorAll("[data-kind] :is(input:not([type=radio], [type=checkbox]), textarea, select)")) {
      typed.set(keyOf(field), field.value);
    }
    return typed;
  }

  restore(typed) {
    for (const field of this.dialog.querySelectorAll("[data-kind] :is(input:not([type=radio], [type=checkbox]), textarea, select)")) {
      if (typed.has(keyOf(field))) field.value = typed.get(keyOf(field));
    }
  }
}

const keyOf = (field) => `${field.closest("[data-block]").dataset.block} ${field.dataset.action}`;
