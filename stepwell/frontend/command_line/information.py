"""What `--list-passes`, `--show-dialects`, `--help-pass` and `--help-dialect` print."""

from __future__ import annotations

from stepwell.frontend.command_line.flags import Arguments
from stepwell.ir import dialect
from stepwell.ir.diagnostics import StepwellError
from stepwell.ir.pass_manager.options import Option, did_you_mean
from stepwell.ir.pass_manager.registry import NamedPipeline, available, find


def answer(arguments: Arguments) -> str | None:
    """What a tool prints if its command line asks about passes or dialects; None if it does not.

    Raises:
        StepwellError: a pass or dialect is unknown.
    """
    if arguments.has("list-passes"):
        return passes_text()
    if arguments.has("show-dialects"):
        return dialects_text()
    names = arguments.all("help-pass")
    if names:
        return "\n".join(pass_text(name) for name in names)
    names = arguments.all("help-dialect")
    return "\n".join(dialect_text(name) for name in names) if names else None


def passes_text() -> str:
    """A line for each pass, then one for each named pipeline."""
    listings = available()
    width = max((len(one.name) for one in listings), default=0)
    passes = [one for one in listings if not one.is_pipeline]
    pipelines = [one for one in listings if one.is_pipeline]
    lines = ["Passes:", *[f"  --{one.name:{width}}  - {one.summary}" for one in passes]]
    if pipelines:
        lines += ["Pass pipelines:"]
        lines += [f"  --{one.name:{width}}  - {one.summary}" for one in pipelines]
    return "\n".join(lines) + "\n"


def dialects_text() -> str:
    """All dialects on one line."""
    return "Available Dialects: " + ",".join(dialect.available()) + "\n"


def pass_text(name: str) -> str:
    """All about one pass.

    Raises:
        PassError: there is none of that name.
    """
    found = find(name.lstrip("-"))
    kind = "pipeline" if isinstance(found, NamedPipeline) else f"runs on {found.on}"
    lines = [f"--{found.name}  ({kind})", "", found.text or found.summary]
    if found.options:
        lines += ["", "Options:", *[_option_line(option) for option in found.options]]
    return "\n".join(lines) + "\n"


def dialect_text(name: str) -> str:
    """All about one dialect: its ops, types and attributes.

    Raises:
        StepwellError: there is none of that name.
    """
    found = dialect.load(name)
    if found is None:
        raise StepwellError(
            f"there is no dialect '{name}'{did_you_mean(name, dialect.available())}"
        )
    lines = [f"{name}: {found.summary}"]
    for title, members in (
        ("Operations", found.ops),
        ("Types", found.types),
        ("Attributes", found.attributes),
    ):
        if members:
            width = max(map(len, members))
            lines += ["", f"{title}:"]
            lines += [f"  {key:{width}}  {_summary(members[key])}" for key in sorted(members)]
    return "\n".join(lines) + "\n"


def _option_line(option: Option) -> str:
    default = option.show(option.default)
    shown = f"  (default: {default})" if option.default not in (None, [], "") else ""
    return f"  {option.name}=<{option.type_text}>{shown}"


def _summary(cls: type) -> str:
    return (cls.__doc__ or "").strip().partition("\n")[0]
