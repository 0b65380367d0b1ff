"""A rule's pattern, tried on sample aliases before it can reroute a call.

The trial runs in a process of its own that is ended after two seconds: a pattern that never comes to an end would
hold up this bot, and every call on the node.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from bot.backends.pexip.conversion import compiled
from bot.errors import BadInput

PATIENCE = 2.0  # seconds
MOST_SAMPLES = 20
LONGEST_SAMPLE = 250  # letters; no alias of the node is longer
# The node compares the whole alias (Pexip: "the regular expression must match the alias in full").
PROGRAM = """
import json, re, sys
asked = json.load(sys.stdin)
pattern = re.compile(asked["pattern"])
pattern.sub(asked["replace"], "")  # compiles it: it must fit also where no sample does
answers = []
for sample in asked["samples"]:
    found = pattern.fullmatch(sample)
    answers.append(None if found is None else found.expand(asked["replace"]) if asked["replace"] else sample)
json.dump(answers, sys.stdout)
"""


@dataclass(frozen=True, slots=True)
class Tried:
    """What the rule makes of one alias; `becomes` is None where it does not apply."""

    sample: str
    becomes: str | None

    def __str__(self) -> str:
        if self.becomes is None:
            return f"{self.sample} is left alone"
        return f"{self.sample} → {self.becomes}" if self.becomes != self.sample else f"{self.sample} is taken as it is"


async def tried(pattern: str, replace: str, samples: Sequence[str]) -> tuple[Tried, ...]:
    """Try the rule on the aliases. Raises BadInput: not a pattern, a replacement that names no group, or too slow."""
    groups = compiled(pattern, "match").groups
    samples = [one.strip()[:LONGEST_SAMPLE] for one in samples if one.strip()][:MOST_SAMPLES]
    asked = json.dumps({"pattern": pattern, "replace": replace, "samples": samples})
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-I", "-S", "-c", PROGRAM),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(PATIENCE):
            output, _ = await process.communicate(asked.encode())
    except TimeoutError:
        raise BadInput("match= takes too long on a sample alias, so it would hold up calls; make it simpler.") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        raise BadInput(f"replace= does not fit to match=, which has {groups} group{'' if groups == 1 else 's'}.")
    return tuple(Tried(sample, becomes) for sample, becomes in zip(samples, json.loads(output), strict=True))
