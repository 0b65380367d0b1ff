// The Home tab of an app, once it published one.
import { Surface } from "./blocks.js";
import { fill, h } from "./dom.js";

/** Draws the home view into `node`; a view that already stands there is left alone. */
export class HomeTab {
  constructor(node, actions) {
    this.node = node;
    this.actions = actions;
  }

  show(view, context) {
    const shape = view ? `${view.id} ${view.hash} ${context.me}` : "none";
    if (shape === this.shape) return;
    this.shape = shape;
    const surface = new Surface({
      context,
      act: (action) => this.actions.act(view.id, action, surface.values()),
      suggest: (query) => this.actions.suggest(view.id, query),
    });
    fill(this.node, view ? surface.render(view.blocks) : h("p", { class: "dim" }, "The bot has shown nothing here yet."));
  }
}
