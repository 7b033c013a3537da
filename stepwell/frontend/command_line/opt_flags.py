"""The flags of `stepwell-opt`: mlir-opt's, and a few of our own."""

from __future__ import annotations

from stepwell.frontend.command_line.flags import Flag

_RUN, _TEXT, _WATCH, _INFO = "Running", "Reading and printing", "Watching passes", "Information"
_LIKE_UPSTREAM = ""

FLAGS = (
    Flag("pass-pipeline", "run this pipeline: builtin.module(...)", "text", group=_RUN),
    Flag("p", "short form: -p canonicalize,cse", "passes", group=_RUN),
    Flag("o", "write here in place of the standard output", "file", group=_RUN),
    Flag("run-reproducer", "run the pipeline that the file holds", group=_RUN),
    Flag("verify-each", "verify after each pass (=0: do not)", group=_RUN),
    Flag("load-pass", "take passes from a Python file", "file.py", group=_RUN),
    Flag("load-dialect", "take a dialect from a Python file", "file.py", group=_RUN),
    Flag("check-semantics", "name the first pass that changes a value",
         group=_RUN),
    Flag("check-semantics-seed", "chooses the inputs", "n", group=_RUN),
    Flag("check-semantics-inputs", "how many inputs each function gets (8)", "n", group=_RUN),
    Flag("check-semantics-entry", "check this function alone", "name", group=_RUN),
    Flag("check-semantics-tolerance", "by how much floats may differ (0)", "x", group=_RUN),
    Flag("check-semantics-max-steps", "how many ops the original may run", "n", group=_RUN),
    Flag("why-not", "say why a pattern did not apply (*: any)", "pattern", group=_RUN),
    Flag("allow-unregistered-dialect", "keep ops of unknown dialects", group=_TEXT),
    Flag("no-implicit-module", "the file's one op is the program", group=_TEXT),
    Flag("split-input-file", "process the parts between '// -----' one by one", "marker",
         optional=True, group=_TEXT),
    Flag("output-split-marker", "what to print between the parts", "marker", group=_TEXT),
    Flag("verify-diagnostics", "compare errors with expected-error comments", "mode",
         optional=True, choices=("all", "only-expected"), group=_TEXT),
    Flag("verify-roundtrip", "print, parse and print again; both texts must be the same",
         group=_TEXT),
    Flag("mlir-print-op-generic", "print the generic form", group=_TEXT),
    Flag("mlir-print-debuginfo", "print locations", group=_TEXT),
    Flag("mlir-print-local-scope", "print no aliases", group=_TEXT),
    Flag("mlir-print-skip-regions", "print {...} in place of regions", group=_TEXT),
    Flag("mlir-elide-elementsattrs-if-larger", "shorten constants of more elements", "n",
         group=_TEXT),
    Flag("number-ssa-values", "number values as mlir-opt does",
         group=_TEXT),
    Flag("syntax-highlight", "print in colour", group=_TEXT),
    Flag("diff", "print the difference that each pass made", group=_WATCH),
    Flag("mlir-print-ir-before", "print the IR before these passes", "passes", group=_WATCH),
    Flag("mlir-print-ir-after", "print the IR after these passes", "passes", group=_WATCH),
    Flag("mlir-print-ir-before-all", "print the IR before each pass", group=_WATCH),
    Flag("mlir-print-ir-after-all", "print the IR after each pass", group=_WATCH),
    Flag("mlir-print-ir-after-change", "after passes that changed it only", group=_WATCH),
    Flag("mlir-print-ir-after-failure", "after passes that failed only", group=_WATCH),
    Flag("mlir-print-ir-module-scope", "always print the whole program", group=_WATCH),
    Flag("mlir-print-ir-tree-dir", "print to files in this folder", "folder", group=_WATCH),
    Flag("mlir-timing", "show how long passes took", group=_WATCH),
    Flag("mlir-timing-display", "how to show it", "mode", choices=("list", "tree"), group=_WATCH),
    Flag("mlir-output-format", "timing as a table or JSON", "format", choices=("text", "json"),
         group=_WATCH),
    Flag("mlir-pass-statistics", "show what passes counted", group=_WATCH),
    Flag("mlir-pass-statistics-display", "how to show it", "mode", choices=("list", "pipeline"),
         group=_WATCH),
    Flag("mlir-pass-pipeline-crash-reproducer", "write a reproducer if a pass fails", "file",
         group=_WATCH),
    Flag("mlir-pass-pipeline-local-reproducer", "with the failing pass alone", group=_WATCH),
    Flag("mlir-generate-reproducer", "write a reproducer in any case", "file", group=_WATCH),
    Flag("dump-pass-pipeline", "print the pipeline with all options", group=_INFO),
    Flag("list-passes", "list the passes", group=_INFO),
    Flag("show-dialects", "list the dialects", group=_INFO),
    Flag("help-pass", "describe a pass", "name", group=_INFO),
    Flag("help-dialect", "describe a dialect", "name", group=_INFO),
    Flag("help", "print this", group=_INFO),
    Flag("h", "print this", group=_LIKE_UPSTREAM),
    Flag("version", "print the version", group=_INFO),
    Flag("mlir-disable-threading", "passes run one after the other anyway", group=_LIKE_UPSTREAM),
    Flag("mlir-print-unique-ssa-ids", "accepted; names are unique", group=_LIKE_UPSTREAM),
    Flag("mlir-very-unsafe-disable-verifier-on-parsing", "do not verify what was read",
         group=_LIKE_UPSTREAM),
)  # fmt: skip

USAGE = "stepwell-opt [options] [--PASS[=options]]... [file.mlir]"
ABOUT = """Reads MLIR, runs passes on it, and prints the result. Every pass is a flag:
  stepwell-opt f.mlir --canonicalize="max-iterations=3" --cse
  stepwell-opt f.mlir --pass-pipeline='builtin.module(func.func(cse))'
The flags are mlir-opt's; one dash will do."""
