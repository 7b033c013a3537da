"""`stepwell-cache info|clear|verify`: look at, empty or check the compiled-module cache."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import datetime

from stepwell.ir.diagnostics import StepwellError
from stepwell.runtime.cache.directory import CacheDirectory
from stepwell.runtime.cache.maintenance import clear, list_files, verify
from stepwell.runtime.cache.settings import cache_limit, cache_path, format_size

_EPILOG = """
The cache is the folder STEPWELL_CACHE_DIR ('off' or empty: no cache on disk), or else stepwell in
the user's cache folder; it is kept below STEPWELL_CACHE_LIMIT (such as 500MB; default 2GiB).
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command; `argv` without the program's name.

    Returns 0; 1 if a bad entry was found or the cache cannot be used. Exits with 2 on bad usage.
    """
    arguments = _parser().parse_args(argv)
    path = cache_path()
    if path is None:
        print("off (STEPWELL_CACHE_DIR)")
        return 0
    try:
        directory = CacheDirectory(path, create=False)
    except FileNotFoundError:
        directory = None
    except (StepwellError, OSError) as error:
        return _fail(error)
    command: Callable[[str, CacheDirectory | None, argparse.Namespace], int] = arguments.command
    try:
        return command(path, directory, arguments)
    except (StepwellError, OSError) as error:
        return _fail(error)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="stepwell-cache", description="The compiled-module cache.", epilog=_EPILOG
    )
    commands = parser.add_subparsers(required=True, metavar="info|clear|verify")
    info = commands.add_parser("info", help="show where it is and what it holds")
    info.set_defaults(command=_info)
    empty = commands.add_parser("clear", help="remove every entry; other files stay")
    empty.set_defaults(command=_clear)
    check = commands.add_parser("verify", help="check every entry; exit 1 if one is bad")
    check.add_argument("--repair", action="store_true", help="remove the bad ones")
    check.set_defaults(command=_verify)
    return parser


def _info(path: str, directory: CacheDirectory | None, _: argparse.Namespace) -> int:
    limit = cache_limit()
    print(f"folder:   {path}{'' if directory else ' (not made yet)'}")
    entries = list_files(directory).entries if directory else []
    unfinished = list_files(directory).temporaries if directory else []
    print(f"entries:  {len(entries)}")
    print(f"size:     {format_size(sum(file.size for file in entries))}")
    print(f"limit:    {format_size(limit)}")
    if unfinished:
        wasted = format_size(sum(file.size for file in unfinished))
        print(f"unfinished files: {len(unfinished)}, {wasted}")
    if entries:
        times = [file.last_used for file in entries]
        print(f"oldest:   last used {_when(min(times))}")
        print(f"newest:   last used {_when(max(times))}")
    return 0


def _clear(_path: str, directory: CacheDirectory | None, _: argparse.Namespace) -> int:
    if directory is None:
        print("removed 0 entries, 0 bytes")
        return 0
    removed = clear(directory)
    print(f"removed {_count(len(removed.entries))}, {format_size(removed.size)}")
    left = list_files(directory).entries
    if left:
        print(f"{_count(len(left))} could not be removed", file=sys.stderr)
    return 1 if left else 0


def _verify(_path: str, directory: CacheDirectory | None, arguments: argparse.Namespace) -> int:
    bad = 0
    for name, problem in verify(directory, repair=arguments.repair) if directory else ():
        bad += 1
        print(f"{name}: {problem}")
    total = len(list_files(directory).entries) if directory else 0
    done = " and removed" if arguments.repair and bad else ""
    print(f"{bad} bad{done}, {_count(total)} in the cache now")
    return 1 if bad else 0


def _count(number: int) -> str:
    return f"{number} entry" if number == 1 else f"{number} entries"


def _when(seconds: float) -> str:
    try:
        return datetime.fromtimestamp(seconds).isoformat(sep=" ", timespec="seconds")
    except (ValueError, OverflowError, OSError):
        return "at an impossible time"


def _fail(error: Exception) -> int:
    text = str(error) if isinstance(error, StepwellError) else f"error: {error}"
    print(f"stepwell-cache: {text}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
