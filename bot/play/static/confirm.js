// Slack's "are you sure?" before a button acts.
import { h } from "./dom.js";
import { mrkdwn, plain } from "./mrkdwn.js";

/** Ask before a dangerous button acts: true once the person agreed. Esc is no. */
export function confirmed(spec, context) {
  const text = (object) => (object.type === "mrkdwn" ? mrkdwn(object.text, context) : plain(object.text));
  return new Promise((answer) => {
    const done = (agreed) => {
      dialog.close();
      dialog.remove();
      answer(agreed);
    };
    const dialog = h("dialog", { class: "confirm", "data-testid": "confirm", "aria-label": plain(spec.title.text), oncancel: (event) => { event.preventDefault(); done(false); } },
      h("h2", {}, plain(spec.title.text)), h("div", { class: "dialog-body" }, text(spec.text)),
      h("footer", {},
        h("button", { type: "button", class: "button", "data-testid": "confirm-deny", onclick: () => done(false) }, plain(spec.deny?.text ?? "Cancel")),
        h("button", { type: "button", class: `button ${spec.style ?? "primary"}`, "data-testid": "confirm-yes", onclick: () => done(true) }, plain(spec.confirm?.text ?? "Yes"))));
    document.getElementById("dialogs").append(dialog);
    dialog.showModal();
  });
}
