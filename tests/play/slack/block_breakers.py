"""For each case of the fixtures' manifest: something at the limit, and the same one step over it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Json = dict[str, Any]
Pair = tuple[Json, Json]


def plain(text: str = "Words") -> Json:
    return {"type": "plain_text", "text": text}


def marked(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def option(text: str = "One", value: str = "1", **more: Any) -> Json:
    return {"text": plain(text), "value": value, **more}


def block(kind: str, **parts: Any) -> Json:
    return {"blocks": [{"type": kind, **parts}]}


def section(**parts: Any) -> Json:
    return block("section", **{"text": plain(), **parts})


def actions(kind: str, **parts: Any) -> Json:
    return block("actions", elements=[{"type": kind, **parts}])


def button(**parts: Any) -> Json:
    return actions("button", **{"text": plain(), **parts})


def modal(**parts: Any) -> Json:
    return {"type": "modal", "title": plain(), "submit": plain(), "blocks": [{"type": "divider"}], **parts}


def in_input(kind: str, **parts: Any) -> Json:
    return modal(blocks=[{"type": "input", "label": plain(), "element": {"type": kind, **parts}}])


def input_block(**parts: Any) -> Json:
    element = {"type": "plain_text_input"}
    return modal(blocks=[{"type": "input", "label": plain(), "element": element, **parts}])


def confirm(**parts: Any) -> Json:
    whole = {"title": plain(), "text": plain(), "confirm": plain(), "deny": plain()}
    return button(confirm={**whole, **parts})


def select(*options: Json) -> Json:
    return actions("static_select", options=list(options))


def grouped(*groups: Json) -> Json:
    return actions("static_select", option_groups=list(groups))


def options(count: int, begin: str = "") -> list[Json]:
    return [option(value=f"{begin}{number}") for number in range(count)]


def group(label: str = "Group", count: int = 1, begin: str = "") -> Json:
    return {"label": plain(label), "options": options(count, begin)}


def chart(**parts: Any) -> Json:
    return block("data_visualization", **{"title": "t", "chart": {"type": "pie", "segments": [_segment()]}, **parts})


def _segment(label: str = "a", value: float = 1) -> Json:
    return {"label": label, "value": value}


def pie(*segments: Json) -> Json:
    return chart(chart={"type": "pie", "segments": list(segments)})


def lines(series: list[Json], **axis: Any) -> Json:
    return chart(chart={"type": "line", "series": series, "axis_config": {"categories": ["a"], **axis}})


def one_series(name: str = "s", points: int = 1, label: str = "p") -> Json:
    return {"name": name, "data": [_segment(label)] * points}


def cells(rows: int, columns: int, text: str = "x") -> list[list[Json]]:
    return [[{"type": "raw_text", "text": text}] * columns] * rows


def card(**parts: Any) -> Json:
    return block("card", **{"title": plain(), **parts})


def feedback(**parts: Any) -> Json:
    good = {"text": plain(), "value": "v", **parts}
    elements = [
        {"type": "feedback_buttons", "positive_button": good, "negative_button": {"text": plain(), "value": "w"}}
    ]
    return block("context_actions", elements=elements)


def icon(**parts: Any) -> Json:
    return {"type": "icon_button", "icon": "trash", "text": plain(), **parts}


def video(**parts: Any) -> Json:
    whole = {
        "alt_text": "a",
        "thumbnail_url": "https://e.example/t",
        "title": plain(),
        "video_url": "https://e.example/v",
    }
    return block("video", **{**whole, **parts})


def container(**parts: Any) -> Json:
    return block("container", **{"title": plain(), "child_blocks": [{"type": "divider"}], **parts})


def sourced(url: str) -> Json:
    return block("task_card", task_id="1", title="t", sources=[{"type": "url", "url": url, "text": "s"}])


def table(rows: list[list[Json]], **parts: Any) -> Json:
    return block("table", rows=rows, **parts)


def data_table(rows: list[list[Json]], **parts: Any) -> Json:
    return block("data_table", rows=rows, **parts)


def number(low: str, high: str) -> Json:
    return in_input("number_input", is_decimal_allowed=False, min_value=low, max_value=high)


def over(build: Callable[[str], Json], limit: int, letter: str = "x") -> Callable[[], Pair]:
    """A text of `limit` letters is right, one more is not."""
    return lambda: (build(letter * limit), build(letter * (limit + 1)))


def sized(build: Callable[[int], Json], right: int, wrong: int) -> Callable[[], Pair]:
    """`right` items (or this number) are right, `wrong` are not."""
    return lambda: (build(right), build(wrong))


def these(right: Json, wrong: Json) -> Callable[[], Pair]:
    return lambda: (right, wrong)


IMAGE = {"type": "image", "image_url": "https://e.example/i", "alt_text": "a"}

BREAKERS: dict[str, Callable[[], Pair]] = {
    "text-empty": sized(lambda n: section(text=plain("x" * n)), 1, 0),
    "text-too-long": over(lambda t: section(text=marked(t)), 3000),
    "button-action-id-too-long": over(lambda t: button(action_id=t), 255),
    "button-text-too-long": over(lambda t: button(text=plain(t)), 75),
    "button-url-too-long": over(lambda t: button(url=t), 3000),
    "button-value-too-long": over(lambda t: button(value=t), 2000),
    "button-accessibility-label-too-long": over(lambda t: button(accessibility_label=t), 75),
    "confirmation-title-too-long": over(lambda t: confirm(title=plain(t)), 100),
    "confirmation-text-too-long": over(lambda t: confirm(text=plain(t)), 300),
    "confirmation-confirm-too-long": over(lambda t: confirm(confirm=plain(t)), 30),
    "confirmation-deny-too-long": over(lambda t: confirm(deny=plain(t)), 30),
    "option-text-too-long": over(lambda t: select(option(t)), 75),
    "option-value-too-long": over(lambda t: select(option(value=t)), 150),
    "option-url-too-long": over(lambda t: actions("overflow", options=[option(url=t)]), 3000, "😀"),
    "option-description-too-long": over(lambda t: select(option(description=plain(t))), 75),
    "option-group-label-too-long": over(lambda t: grouped(group(t)), 75),
    "option-group-empty": sized(lambda n: grouped(group(count=n)), 1, 0),
    "option-group-too-many-options": sized(lambda n: grouped(group(count=n)), 100, 101),
    "select-placeholder-too-long": over(lambda t: actions("users_select", placeholder=plain(t)), 150),
    "select-too-many-options": sized(lambda n: select(*options(n)), 100, 101),
    "select-too-many-option-groups": sized(
        lambda n: grouped(*(group(begin=f"{number}.") for number in range(n))), 100, 101
    ),
    "overflow-empty": sized(lambda n: actions("overflow", options=options(n)), 1, 0),
    "overflow-too-many-options": sized(lambda n: actions("overflow", options=options(n)), 5, 6),
    "checkboxes-empty": sized(lambda n: actions("checkboxes", options=options(n)), 1, 0),
    "checkboxes-too-many-options": sized(lambda n: actions("checkboxes", options=options(n)), 10, 11),
    "radio-buttons-empty": sized(lambda n: actions("radio_buttons", options=options(n)), 1, 0),
    "radio-buttons-too-many-options": sized(lambda n: actions("radio_buttons", options=options(n)), 10, 11),
    "url-source-url-empty": sized(lambda n: sourced("x" * n), 1, 0),
    "url-source-url-too-long": over(sourced, 3000),
    "table-too-many-rows": sized(lambda n: table(cells(n, 1)), 100, 101),
    "table-ragged-rows": these(table(cells(2, 2)), table([*cells(1, 2), *cells(1, 1)])),
    "table-column-settings-mismatch": these(
        table(cells(1, 1), column_settings=[{}]), table(cells(1, 2), column_settings=[{}])
    ),
    "file-input-max-files-too-small": sized(lambda n: in_input("file_input", max_files=n), 1, 0),
    "file-input-max-files-too-large": sized(lambda n: in_input("file_input", max_files=n), 10, 11),
    "plain-text-input-max-length-too-large": sized(lambda n: in_input("plain_text_input", max_length=n), 3000, 3001),
    "actions-too-many-elements": sized(
        lambda n: block("actions", elements=[{"type": "button", "text": plain()}] * n), 25, 26
    ),
    "context-too-many-elements": sized(lambda n: block("context", elements=[plain()] * n), 10, 11),
    "header-text-too-long": over(lambda t: block("header", text=plain(t)), 150),
    "image-url-too-long": over(lambda t: block("image", image_url=t, alt_text="a"), 3000),
    "image-alt-text-too-long": over(lambda t: block("image", image_url="https://e.example", alt_text=t), 2000),
    "input-label-too-long": over(lambda t: input_block(label=plain(t)), 2000),
    "input-hint-too-long": over(lambda t: input_block(hint=plain(t)), 2000),
    "markdown-empty": sized(lambda n: block("markdown", text="x" * n), 1, 0),
    "markdown-too-long": over(lambda t: block("markdown", text=t), 12000),
    "section-text-too-long": over(lambda t: section(text=marked(t)), 3000),
    "section-too-many-fields": sized(lambda n: section(fields=[plain()] * n), 10, 11),
    "section-field-too-long": over(lambda t: section(fields=[marked(t)]), 2000),
    "video-alt-text-empty": sized(lambda n: video(alt_text="x" * n), 1, 0),
    "video-alt-text-too-long": over(lambda t: video(alt_text=t), 200),
    "video-title-too-long": over(lambda t: video(title=plain(t)), 200),
    "video-author-name-too-long": over(lambda t: video(author_name=t), 50),
    "video-description-too-long": over(lambda t: video(description=plain(t)), 200),
    "video-provider-name-too-long": over(lambda t: video(provider_name=t), 50),
    "view-missing-blocks": sized(lambda n: modal(blocks=[{"type": "divider"}] * n), 1, 0),
    "view-too-many-blocks": sized(lambda n: modal(blocks=[{"type": "divider"}] * n), 100, 101),
    "view-private-metadata-too-long": over(lambda t: modal(private_metadata=t), 3000),
    "view-callback-id-too-long": over(lambda t: modal(callback_id=t), 255),
    "view-title-too-long": over(lambda t: modal(title=plain(t)), 24),
    "view-close-too-long": over(lambda t: modal(close=plain(t)), 24),
    "view-submit-too-long": over(lambda t: modal(submit=plain(t)), 24),
    "section-missing-content": these(block("section", text=plain()), block("section")),
    "static-select-options-and-groups": these(
        select(option()), actions("static_select", options=[option()], option_groups=[group()])
    ),
    "image-url-and-slack-file": these(
        block("context", elements=[IMAGE]), block("context", elements=[{**IMAGE, "slack_file": {"id": "F1"}}])
    ),
    "number-input-inverted-range": these(number("1", "2"), number("2", "1")),
    "context-invalid-element": these(
        block("context", elements=[IMAGE]), block("context", elements=[{"type": "button", "text": plain()}])
    ),
    "input-invalid-element": these(in_input("plain_text_input"), in_input("button", text=plain())),
    "block-id-too-long": over(lambda t: block("divider", block_id=t), 255),
    "alert-text-too-long": over(lambda t: modal(blocks=[{"type": "alert", "text": plain(t)}]), 200),
    "card-title-too-long": over(lambda t: card(title=plain(t)), 150),
    "card-subtitle-too-long": over(lambda t: card(subtitle=plain(t)), 150),
    "card-body-too-long": over(lambda t: card(body=plain(t)), 200),
    "card-too-many-actions": sized(lambda n: card(actions=[{"type": "button", "text": plain()}] * n), 3, 4),
    "card-subtext-too-long": over(lambda t: card(subtext=plain(t)), 200),
    "carousel-empty": sized(lambda n: block("carousel", elements=[{"type": "card", "title": plain()}] * n), 1, 0),
    "carousel-too-many-cards": sized(
        lambda n: block("carousel", elements=[{"type": "card", "title": plain()}] * n), 10, 11
    ),
    "container-title-too-long": over(lambda t: container(title=plain(t)), 150),
    "container-subtitle-too-long": over(lambda t: container(subtitle=plain(t)), 150),
    "container-too-many-child-blocks": sized(lambda n: container(child_blocks=[{"type": "divider"}] * n), 10, 11),
    "context-actions-too-many-elements": sized(lambda n: block("context_actions", elements=[icon()] * n), 5, 6),
    "feedback-button-text-too-long": over(lambda t: feedback(text=plain(t)), 75),
    "feedback-button-value-too-long": over(lambda t: feedback(value=t), 2000),
    "feedback-button-accessibility-label-too-long": over(lambda t: feedback(accessibility_label=t), 75),
    "icon-button-too-many-visible-users": sized(
        lambda n: block("context_actions", elements=[icon(visible_to_user_ids=["U1"] * n)]), 10, 11
    ),
    "data-table-too-few-rows": sized(lambda n: data_table(cells(n, 1)), 2, 1),
    "data-table-too-many-rows": sized(lambda n: data_table(cells(n, 1)), 201, 202),
    "data-table-too-few-columns": sized(lambda n: data_table(cells(2, n)), 1, 0),
    "data-table-too-many-columns": sized(lambda n: data_table(cells(2, n)), 20, 21),
    "data-table-page-size-too-small": sized(lambda n: data_table(cells(2, 1), page_size=n), 1, 0),
    "data-table-page-size-too-large": sized(lambda n: data_table(cells(2, 1), page_size=n), 100, 101),
    "data-table-cell-text-empty": sized(lambda n: data_table(cells(2, 1, "x" * n)), 1, 0),
    "data-table-content-too-long": over(lambda t: data_table(cells(2, 1, t)), 10000),
    "data-visualization-title-too-long": over(lambda t: chart(title=t), 50),
    "pie-chart-empty": sized(lambda n: pie(*[_segment()] * n), 1, 0),
    "pie-chart-too-many-segments": sized(lambda n: pie(*[_segment()] * n), 12, 13),
    "chart-segment-label-too-long": over(lambda t: pie(_segment(t)), 20),
    "chart-segment-value-not-positive": sized(lambda n: pie(_segment(value=n)), 1, 0),
    "chart-series-empty": sized(lambda n: lines([one_series()] * n), 1, 0),
    "chart-too-many-series": sized(lambda n: lines([one_series()] * n), 12, 13),
    "data-series-name-too-long": over(lambda t: lines([one_series(t)]), 20),
    "data-series-empty": sized(lambda n: lines([one_series(points=n)]), 1, 0),
    "data-series-too-many-points": sized(lambda n: lines([one_series(points=n)]), 20, 21),
    "data-point-label-too-long": over(lambda t: lines([one_series(label=t)]), 20),
    "axis-categories-empty": sized(lambda n: lines([one_series()], categories=["a"] * n), 1, 0),
    "axis-too-many-categories": sized(lambda n: lines([one_series()], categories=["a"] * n), 20, 21),
    "axis-category-label-too-long": over(lambda t: lines([one_series()], categories=[t]), 20),
    "axis-label-too-long": over(lambda t: lines([one_series()], x_label=t), 50),
}
