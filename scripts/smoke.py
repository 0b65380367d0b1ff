"""Starts the installed bot with nothing but what its users install, and asks it whether it lives. Exit 1 if not."""

import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path


def answered(url: str) -> int | None:
    """The HTTP status, or None while nobody listens."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


def main(meetops: str) -> int:
    """Start the playground, wait for its page, stop it."""
    port = 18090
    environ = {name: value for name, value in os.environ.items() if not re.match(r"SLACK_|MEETOPS_|DATABASE_URL", name)}
    bot = subprocess.Popen([meetops, "play"], env={**environ, "PLAY_PORT": str(port)}, stdout=subprocess.DEVNULL)
    try:
        for _ in range(100):
            if answered(f"http://127.0.0.1:{port}/") == 200:
                print(f"{Path(meetops).name} play answers")
                return 0
            if bot.poll() is not None:
                break
            time.sleep(0.1)
        print("the installed bot did not start", file=sys.stderr)
        return 1
    finally:
        bot.terminate()
        bot.wait(timeout=40)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
