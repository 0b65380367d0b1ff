// How assistive technology and tests find an interactive element.
import { freshId } from "./dom.js";
import { plain } from "./mrkdwn.js";

/** The attributes that every field of a block carries. */
export function marks(spec, place) {
  return {
    "data-action": spec.action_id,
    "aria-label": place.label ? null : plain(spec.accessibility_label ?? spec.placeholder?.text ?? spec.type.replaceAll("_", " ")),
    id: place.label ? place.surface.idFor(place.blockId) : freshId("e"),
  };
}
