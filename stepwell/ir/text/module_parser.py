"""Reading a whole program.

The structure (module, regions, blocks, generic ops) is an LALR grammar, `module.lark`, fed token by
token; ops are built and placed as its rules are reduced, so no tree is kept and nothing recurses,
however deep regions nest. A custom op's own matcher reads what follows its name; when it comes to a
region it hands control back (it is a generator), and is resumed after the region's `}`.
"""

from __future__ import annotations

import threading
from functools import cache
from pathlib import Path

from lark import Lark
from lark.exceptions import UnexpectedInput

from stepwell.ir import dialect
from stepwell.ir.block import Block
from stepwell.ir.collector import collector_held_off
from stepwell.ir.diagnostics import ParseError, Source, StepwellError
from stepwell.ir.operation import Operation, unregistered_class
from stepwell.ir.text import lexer
from stepwell.ir.text.known_lines import KnownLines
from stepwell.ir.text.lalr import Feeder, Tables, Token
from stepwell.ir.text.matcher import matcher_of
from stepwell.ir.text.module_actions import Actions
from stepwell.ir.text.op_parser import RegionRequest
from stepwell.ir.text.program_builder import Binding, Frame, Matcher, ProgramBuilder
from stepwell.ir.text.resources import read_metadata

_PUNCTUATION = {
    "(": "LPAR", ")": "RPAR", "[": "LSQB", "]": "RSQB", "<": "LESS", ">": "MORE", ",": "COMMA",
    ":": "COLON", "->": "ARROW", "=": "EQUAL",
}  # fmt: skip
_TOKENS = {text: Token(name, text) for text, name in _PUNCTUATION.items()}
_OP_STARTS = (lexer.BARE, lexer.PERCENT, lexer.STRING)
_RESUME, _OPERATION, _REDUCE = Token("RESUME"), Token("OPERATION"), Token("REDUCE")


class ModuleParser(ProgramBuilder):
    """Reads one program. Use `stepwell.ir.text.parse`."""

    __slots__ = ("after_plain_op", "bound", "frames", "known_lines", "tokens")

    def __init__(self, source: Source, allow_unregistered: bool) -> None:
        super().__init__(source, allow_unregistered)
        self.frames: list[Frame] = []
        self.bound: list[Binding] | None = None
        self.known_lines = KnownLines()

    def run(self) -> Block:
        """The top-level ops, in a block.

        Raises:
            ParseError: the text is wrong; carries every error found.
        """
        grammar = _grammar()
        previous = getattr(grammar.actions, "parser", self)
        grammar.actions.parser = self
        try:
            self.tokens = Feeder(grammar.tables)
            self.after_plain_op = False
            with collector_held_off(lasting=True):
                self._statements()
        except UnexpectedInput as unexpected:
            self.diagnostics += self._syntax_error(unexpected, self.start).diagnostics
        except StepwellError as error:
            self.diagnostics += error.diagnostics
        finally:
            grammar.actions.parser = previous
        if self.diagnostics:
            raise ParseError(self.diagnostics)
        return self.top

    def feed(self, token: Token) -> None:
        """Feeds the grammar. A run of plain ops is one OPERATION to it."""
        self.after_plain_op = False
        self.tokens.feed(token)

    # Statements.

    def _statements(self) -> None:
        while True:
            kind = self.kind
            try:
                if kind in _OP_STARTS:
                    self._op_statement(kind)
                elif kind == lexer.CARET:
                    self._block_head()
                elif self.text == "}":
                    self._region_end()
                elif kind in (lexer.HASH, lexer.BANG):
                    self._alias()
                elif self.text == "{-#":
                    read_metadata(self)
                elif kind == lexer.EOF:
                    return self._end()
                else:
                    raise self.error(f"custom op name expected, found {self.found()}")
            except StepwellError as error:
                self._recover(error)

    def _end(self) -> None:
        if self.frames:
            raise self.error("expected '}' before the end of the input")
        self.tokens.end()
        self.check_forward(self.scopes[-1])
        if self.context.deferred:
            self.resolve_locations()

    def _op_statement(self, kind: int) -> None:
        """Reads the op at which the reader stands, or a run of ops on lines such as came before."""
        if self.known_lines.read(self):
            self._after_plain_op()
            return
        start = self.start
        if kind == lexer.PERCENT:
            self._results()
        elif kind == lexer.BARE:
            self._custom_op()
        else:
            self._generic_op()
        self.known_lines.learn(self, start)

    def _after_plain_op(self) -> None:
        if not self.after_plain_op:
            self.feed(_OPERATION)
            self.after_plain_op = True

    def _results(self) -> None:
        """`%a:2, %b =`."""
        bound: list[Binding] = []
        while True:
            start = self.start
            name = self.operand()[0]
            count = 1
            if self.accept(":"):
                count = self.integer()
                if count < 1:
                    raise self.error("expected named operation to have at least 1 result", start)
            if "#" in name:
                raise self.error("expected valid ssa identifier", start)
            bound.append((name, count, start))
            if not self.accept(","):
                break
        self.literal("=")
        self.bound = bound
        if self.kind == lexer.BARE:
            self._custom_op()
        elif self.kind == lexer.STRING:
            self._generic_op()
        else:
            raise self.error(f"custom op name or string expected, found {self.found()}")

    def _custom_op(self) -> None:
        start, name = self.start, self.text
        self.op_start = start
        cls = self._find_custom(name, start)
        if cls is None:
            return
        try:
            self.advance()
            made = matcher_of(cls)(self)
        except StepwellError as error:
            return self._give_up(error)
        bound, self.bound = self.bound, None
        if isinstance(made, Operation):
            made._location = (self.context.source, self.base + start)
            self.finish_op(made, bound, self.optional_location())
            self._after_plain_op()
            return
        self._start_matcher(cls, made, bound, start)

    def _find_custom(self, name: str, start: int) -> type[Operation] | None:
        full = name
        if "." not in name:
            scope = self.region_scopes[-1] if self.region_scopes else None
            default = scope.default_dialect if scope is not None else ""
            full = f"{default or 'builtin'}.{name}"
        cls = dialect.find_op(full)
        if cls is None:
            prefix = full.partition(".")[0]
            if dialect.load(prefix) is None:
                known = f"Dialect `{prefix}' not found for custom op '{full}'"
                message = f"{known}{dialect.suggestion(full)}"
            else:
                message = f"custom op '{name}' is unknown{dialect.suggestion(full)}"
            self._give_up(self.error(message, start))
        return cls

    def _start_matcher(
        self,
        cls: type[Operation],
        matcher: Matcher,
        bound: list[Binding] | None,
        start: int,
    ) -> None:
        """Runs a matcher to its first region, or to its end if it has none."""
        try:
            request = next(matcher)
        except StopIteration as stop:
            made: Operation = stop.value
            made._location = (self.context.source, self.base + start)
            self.finish_op(made, bound, self.optional_location())
            return
        except StepwellError as error:
            self.bound = bound
            return self._give_up(error)
        if bound is not None:
            self.feed(Token("RESULTS", bound, start))
        self.feed(Token("OP_NAME", cls, start))
        self._request_region(Frame(cls, matcher, request, start))

    def _resume_matcher(self, frame: Frame) -> None:
        """Hands the region that was read to the matcher, and runs it to its next region or end."""
        assert frame.matcher is not None
        try:
            frame.request = frame.matcher.send(self.finished_region)
        except StopIteration as stop:
            made: Operation = stop.value
            made._location = (self.context.source, self.base + frame.start)
            self.feed(Token("PART", made, frame.start))
            return self._end_op()
        except StepwellError as error:
            return self._give_up(error, inside=True)
        self._request_region(frame)

    def _request_region(self, frame: Frame) -> None:
        self.feed(Token("PART", None, frame.start))
        if self.text != "{":
            raise self.error(f"expected '{{' to begin a region, found {self.found()}")
        self._open_region(frame)

    def _open_region(self, frame: Frame) -> None:
        self.frames.append(frame)
        self.feed(Token("LBRACE", frame, self.start))
        self.feed(_REDUCE)
        self.advance()

    def _region_end(self) -> None:
        if not self.frames:
            raise self.error("unbalanced '}' character")
        self.feed(Token("RBRACE", None, self.start))
        self.advance()
        frame = self.frames.pop()
        if frame.matcher is None:
            self._generic_rest()
            return
        self.feed(_RESUME)
        self.op_start = frame.start
        self._resume_matcher(frame)

    def _end_op(self) -> None:
        """Puts a structured op in its place, with the location that may follow it."""
        self.feed(Token("END", self.optional_location(), self.start))
        self.feed(_REDUCE)

    # Generic ops.

    def _generic_op(self) -> None:
        name = lexer.unquote(self.text)
        start = self.start
        cls = dialect.find_op(name)
        if cls is None:
            prefix = name.partition(".")[0]
            known = dialect.load(prefix) is not None
            if not self.context.allow_unregistered:
                if known:
                    message = f"unregistered operation '{name}' found in dialect ('{prefix}')"
                else:
                    message = (
                        f"operation being parsed with an unregistered dialect '{prefix}'; if this "
                        "is intended, use --allow-unregistered-dialect"
                    )
                raise self.error(message + dialect.suggestion(name))
            cls = unregistered_class(name)
        bound, self.bound = self.bound, None
        if bound is not None:
            self.feed(Token("RESULTS", bound, start))
        self.feed(Token("GENERIC_NAME", cls, start))
        self.advance()
        self._generic_rest(cls)

    def _generic_rest(self, cls: type[Operation] | None = None) -> None:
        """Feeds a generic op up to its next region or its end."""
        while True:
            text, start, kind = self.text, self.start, self.kind
            if text == "{" and kind == lexer.PUNCTUATION:
                accepted = self.tokens.choices()
                if "LBRACE" in accepted:
                    owner = cls or self._generic_owner()
                    return self._open_region(Frame(owner, None, RegionRequest(), start))
                self.feed(Token("DICTIONARY", self.dictionary(), start))
            elif kind == lexer.PERCENT:
                self.feed(Token("PERCENT", (self.advance(), start), start))
            elif kind == lexer.CARET:
                self.feed(Token("CARET", self.block_named(self.advance(), start), start))
            elif text == ":" and kind == lexer.PUNCTUATION:
                return self._signature()
            elif text in _TOKENS and kind == lexer.PUNCTUATION:
                self.feed(Token(_PUNCTUATION[text], text, start))
                self.advance()
            else:
                raise self.error(f"unexpected {self.found()} in a generic operation")

    def _generic_owner(self) -> type[Operation]:
        for value in reversed(self.tokens.values):
            if isinstance(value, Token) and value.type == "GENERIC_NAME":
                owner: type[Operation] = value.value
                return owner
        raise self.error("a region must belong to an operation")

    def _signature(self) -> None:
        """`: (types) -> types`, and the location."""
        self.feed(_TOKENS[":"])
        self.advance()
        self._type_list()
        if self.text != "->":
            raise self.error(f"expected '->' in function type, found {self.found()}")
        self.feed(_TOKENS["->"])
        self.advance()
        if self.text == "(":
            self._type_list()
        else:
            start = self.start
            self.feed(Token("TYPE", self.type(), start))
        self._end_op()

    def _type_list(self) -> None:
        if self.text != "(":
            raise self.error(f"expected '(' in function type, found {self.found()}")
        self.feed(_TOKENS["("])
        self.advance()
        while self.text != ")":
            start = self.start
            self.feed(Token("TYPE", self.type(), start))
            if self.text != ",":
                break
            self.feed(_TOKENS[","])
            self.advance()
        if self.text != ")":
            raise self.error(f"expected ')', found {self.found()}")
        self.feed(_TOKENS[")"])
        self.advance()

    # Blocks and aliases.

    def _block_head(self) -> None:
        start = self.start
        self.feed(Token("CARET", (self.advance(), start), start))
        while self.text != ":":
            start, text = self.start, self.text
            if self.kind == lexer.PERCENT:
                self.feed(Token("PERCENT", (self.advance(), start), start))
                self.literal(":")
                self.feed(_TOKENS[":"])
                start = self.start
                self.feed(Token("TYPE", self.type(), start))
                location = self.optional_location()
                if location is not None:
                    self.feed(Token("LOCATION", location, start))
            elif text in ("(", ")", ","):
                self.feed(_TOKENS[text])
                self.advance()
            else:
                raise self.error(f"expected ':' after block name, found {self.found()}")
        self.feed(_TOKENS[":"])
        self.feed(_REDUCE)
        self.advance()

    def _alias(self) -> None:
        start, name = self.start, self.text
        is_type = self.kind == lexer.BANG
        if "." in name:
            noun = "type" if is_type else "attribute"
            raise self.error(
                f"{noun} names with a '.' are reserved for dialect-defined names", start
            )
        self.known_lines.forget()
        self.feed(Token("TYPE_ALIAS" if is_type else "ATTRIBUTE_ALIAS", name[1:], start))
        self.advance()
        if self.text != "=":
            raise self.error(f"expected '=' in alias definition, found {self.found()}")
        self.feed(_TOKENS["="])
        self.advance()
        start = self.start
        if is_type:
            self.feed(Token("TYPE", self.type(), start))
        else:
            self.feed(Token("ATTRIBUTE", self.attribute(), start))

    # Errors.

    def _give_up(self, error: StepwellError, inside: bool = False) -> None:
        """Notes an error inside a custom op, skips the op, and goes on after it.

        Args:
            error: what was wrong.
            inside: whether a region of the op has been read already.
        """
        self.diagnostics += error.diagnostics
        self.check_limit()
        self._skip_statement(self.op_start)
        if inside:
            self.feed(Token("PART", None, self.op_start))
            self._end_op()
        else:
            bound, self.bound = self.bound, None
            self.finish_op(None, bound, None)

    def _recover(self, error: StepwellError) -> None:
        self.diagnostics += error.diagnostics
        raise ParseError([])

    def _skip_statement(self, start: int) -> None:
        """Moves to the next token that begins a line and could begin a statement."""
        failed_at = self.start
        self.seek(start)
        depth = 0
        previous_end = start
        while not self.at_end():
            text = self.text
            begins_line = "\n" in self.source_text[previous_end : self.start]
            if self.start > start and begins_line and depth <= 0 and self.start >= failed_at:
                if (
                    self.kind in (lexer.PERCENT, lexer.BARE, lexer.CARET, lexer.STRING)
                    or text == "}"
                ):
                    return
            if self.kind == lexer.PUNCTUATION:
                if text == "}" and depth <= 0:
                    return
                depth += (text in "{([") - (text in "})]")
            previous_end = self.pos
            self.advance()


class _Grammar(threading.local):
    """The LALR tables and their actions, one for each thread, because actions hold the parser."""

    def __init__(self) -> None:
        self.actions = Actions()
        text = (Path(__file__).parent / "module.lark").read_text()
        lark = Lark(
            text, parser="lalr", lexer="basic", transformer=self.actions, maybe_placeholders=False
        )
        self.tables = Tables(lark)


@cache
def _grammar() -> _Grammar:
    return _Grammar()
