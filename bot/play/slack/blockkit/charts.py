"""Rich text, tables and charts: the blocks which carry data rather than controls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.play.slack.blockkit.checks import (
    Check,
    anything,
    array,
    boolean,
    choice,
    limits,
    number,
    shape,
    string,
    variant,
)

_STYLED: dict[str, Check] = {"style": anything}
RICH_TEXT_LEAF = variant(
    {
        "text": shape("text", {"text": string(), **_STYLED}),
        "link": shape("url", {"url": string(), "text": string(), "unsafe": boolean, **_STYLED}),
        "emoji": shape("name", {"name": string(), "unicode": string(), "skin_tone": number(), **_STYLED}),
        "user": shape("user_id", {"user_id": string(), **_STYLED}),
        "usergroup": shape("usergroup_id", {"usergroup_id": string(), **_STYLED}),
        "channel": shape("channel_id", {"channel_id": string(), **_STYLED}),
        "broadcast": shape("range", {"range": choice("here", "channel", "everyone"), **_STYLED}),
        "color": shape("value", {"value": string(), **_STYLED}),
        "date": shape(
            "timestamp format",
            {"timestamp": number(), "format": string(), "url": string(), "fallback": string(), **_STYLED},
        ),
    }
)
_LEAVES: dict[str, Check] = {"elements": array(RICH_TEXT_LEAF)}
_SECTION = shape("elements", _LEAVES)
RICH_TEXT_PART = variant(
    {
        "rich_text_section": _SECTION,
        "rich_text_preformatted": shape("elements", {**_LEAVES, "border": number(), "language": string()}),
        "rich_text_quote": shape("elements", {**_LEAVES, "border": number()}),
        "rich_text_list": shape(
            "elements style",
            {
                "elements": array(variant({"rich_text_section": _SECTION})),
                "style": choice("bullet", "ordered"),
                "indent": number(),
                "offset": number(),
                "border": number(),
            },
        ),
    }
)
RICH_TEXT = shape("elements", {"block_id": string("block_id"), "elements": array(RICH_TEXT_PART)})

_CELL = variant(
    {
        "raw_text": shape("text", {"text": string()}),
        "raw_number": shape("value", {"value": number(), "text": string()}),
        "rich_text": RICH_TEXT,
    }
)
_DATA_CELL = variant(
    {
        "raw_text": shape("text", {"text": string("data_table.cell_text")}),
        "raw_number": shape("value", {"value": number(), "text": string()}),
        "rich_text": RICH_TEXT,
    }
)


def _rectangular(block: dict[str, Any]) -> Iterator[str]:
    rows = [row for row in block.get("rows", ()) if isinstance(row, list)]
    if len({len(row) for row in rows}) > 1:
        yield "all rows must have the same number of columns"
    settings = block.get("column_settings")
    if settings is not None and rows and len(settings) != len(rows[0]):
        yield "column_settings must match the number of columns"


def _content_is_short(block: dict[str, Any]) -> Iterator[str]:
    cells = [cell for row in block.get("rows", ()) for cell in row if isinstance(cell, dict)]
    if sum(len(str(cell.get("text", ""))) for cell in cells) > limits("data_table.content")["max_length"]:
        yield "the table has too many characters"


TABLE = shape(
    "rows",
    {
        "block_id": string("block_id"),
        "rows": array(array(_CELL, "table.columns"), "table.rows"),
        "column_settings": array(shape("", {"align": choice("left", "center", "right"), "is_wrapped": boolean})),
    },
    _rectangular,
)
DATA_TABLE = shape(
    "rows",
    {
        "block_id": string("block_id"),
        "rows": array(array(_DATA_CELL, "data_table.columns"), "data_table.rows"),
        "page_size": number("data_table.page_size"),
        "caption": string(),
        "row_header_column_index": number(),
    },
    _rectangular,
    _content_is_short,
)

_SEGMENT = shape(
    "label value",
    {"label": string("data_visualization.segment.label"), "value": number("data_visualization.segment.value")},
)
_POINT = shape("label value", {"label": string("data_visualization.point_label"), "value": number()})
_SERIES = shape(
    "name data",
    {"name": string("data_visualization.series_name"), "data": array(_POINT, "data_visualization.data")},
)
_AXIS = shape(
    "categories",
    {
        "categories": array(string("data_visualization.category_label"), "data_visualization.categories"),
        "x_label": string("data_visualization.axis_label"),
        "y_label": string("data_visualization.axis_label"),
    },
)
_LINES = shape("series axis_config", {"series": array(_SERIES, "data_visualization.series"), "axis_config": _AXIS})
_PIE = shape("segments", {"segments": array(_SEGMENT, "data_visualization.segments")})
DATA_VISUALIZATION = shape(
    "title chart",
    {
        "block_id": string("block_id"),
        "title": string("data_visualization.title"),
        "chart": variant({"pie": _PIE, "bar": _LINES, "line": _LINES, "area": _LINES}),
    },
)
