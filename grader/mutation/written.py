"""A mutant written down: the source of its module with the edit in it, all else as the instructor wrote it."""

import ast
import difflib
from collections.abc import Iterator, Sequence
from typing import Any

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from grader.mutants import Place

Point = tuple[int, int]


def diff(source: str, places: Sequence[Place], file: str, context: int = 1) -> str:
    """The edits as a unified diff; '' where there are none."""
    before, after = source.splitlines(), written(source, places).splitlines()
    return "\n".join(difflib.unified_diff(before, after, file, file, n=context, lineterm=""))


def written(source: str, places: Sequence[Place]) -> str:
    """The source with some edits made. What an edit takes over keeps its formatting and comments.

    Errors
        ValueError where no edit of the text gives what the places say.
    """
    if not places:
        return source
    lines = source.splitlines()
    edits = {(_point(place.start, lines), _end(place, lines)): place.text for place in places}
    wrapper = MetadataWrapper(cst.parse_module(source))
    wanted = ast.dump(_meant(source, places))
    for parenthesised in (False, True):  # without those that nobody needs, if that means the same
        editor = _Editor(wrapper.module, edits, parenthesised=parenthesised)
        text = wrapper.visit(editor).code
        if _dump(text) == wanted and not editor.edits:
            return text
    raise ValueError(f"the edit in line {places[0].start[0]} cannot be written down")


def _point(place: Point, lines: Sequence[str]) -> Point:
    """A place in characters; syntax trees count bytes."""
    line, column = place
    return line, len(lines[line - 1].encode()[:column].decode())


def _end(place: Place, lines: Sequence[str]) -> Point:
    return _point(place.end, lines)


def _dump(text: str) -> str:
    try:
        return ast.dump(ast.parse(text))
    except SyntaxError:
        return ""


# ---- what is meant: the edit in the syntax tree ----


def _meant(source: str, places: Sequence[Place]) -> ast.Module:
    tree: ast.Module = ast.parse(source)
    for place in places:
        _Meaning(place).visit(tree)
    return tree


class _Meaning(ast.NodeTransformer):
    """Makes one edit in a syntax tree."""

    def __init__(self, place: Place) -> None:
        self.place = place

    def visit(self, node: ast.AST) -> Any:
        """An expression at the place becomes the new one; in a block, statements do."""
        place = self.place
        if isinstance(node, ast.expr) and (_start(node), _stop(node)) == (place.start, place.end):
            return ast.parse(place.text, mode="eval").body
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if isinstance(block, list):
                setattr(node, field, self._block(block))
        return self.generic_visit(node)

    def _block(self, block: list[ast.stmt]) -> list[ast.stmt]:
        place, new = self.place, ast.parse(self.place.text).body
        for i, first in enumerate(block):
            if _start(first) != place.start:
                continue
            if place.start == place.end:
                return [*block[:i], *new, *block[i:]]
            for j, last in enumerate(block[i:], start=i + 1):
                if _stop(last) == place.end and not _is_bare_expression(block[i:j], place):
                    return [*block[:i], *new, *block[j:]]
        return block


def _is_bare_expression(statements: Sequence[ast.stmt], place: Place) -> bool:
    """Whether a place may be that of the expression that a statement consists of."""
    return len(statements) == 1 and isinstance(statements[0], ast.Expr) and place.text != "pass"


def _start(node: ast.expr | ast.stmt) -> Point:
    return node.lineno, node.col_offset


def _stop(node: ast.expr | ast.stmt) -> Point:
    return node.end_lineno or 0, node.end_col_offset or 0


# ---- how it is written ----


class _Editor(cst.CSTTransformer):
    """Puts new expressions and statements where the edits are."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, module: cst.Module, edits: dict[tuple[Point, Point], str], *, parenthesised: bool) -> None:
        super().__init__()
        self.module, self.edits, self.parenthesised = module, dict(edits), parenthesised

    def on_leave(self, original_node: cst.CSTNode, updated_node: cst.CSTNode) -> Any:
        """The node, or what an edit has in its place."""
        if isinstance(original_node, cst.BaseExpression):
            return self._expression(original_node, updated_node)
        if isinstance(original_node, (cst.IndentedBlock, cst.Module)):
            return self._block(original_node, updated_node)
        if isinstance(original_node, cst.If) and isinstance(original_node.orelse, cst.If):
            return self._elif(original_node.orelse, updated_node)
        return super().on_leave(original_node, updated_node)

    def _span(self, node: cst.CSTNode) -> tuple[Point, Point]:
        found = self.get_metadata(PositionProvider, node)
        return (found.start.line, found.start.column), (found.end.line, found.end.column)

    def _expression(self, old: cst.BaseExpression, updated: cst.CSTNode) -> cst.CSTNode:
        text = self.edits.pop(self._span(old), None)
        if text is None:
            return updated
        new = cst.parse_expression(text).visit(self._restorer([old]))
        assert isinstance(new, cst.BaseExpression)
        if old.lpar:
            return new.with_changes(lpar=old.lpar, rpar=old.rpar)
        return _in_parentheses(new) if self.parenthesised else new

    def _restorer(self, old: Sequence[cst.CSTNode]) -> "_Restorer":
        return _Restorer(self.module, old, parenthesised=self.parenthesised)

    def _elif(self, old: cst.If, updated: cst.CSTNode) -> cst.CSTNode:
        """`elif` is a statement of its own, which others replace behind an `else`."""
        start = self._span(old)[0]
        for (first, last), text in list(self.edits.items()):
            if first == start < last:
                del self.edits[first, last]
                body = cst.IndentedBlock(list(_statements(text, self._restorer([old]), [old])))
                return updated.with_changes(orelse=cst.Else(body))
        return updated

    def _block(self, old: cst.IndentedBlock | cst.Module, updated: Any) -> Any:
        body, starts = list(updated.body), [self._span(statement)[0] for statement in old.body]
        for (start, end), text in list(self.edits.items()):
            if start not in starts:
                continue
            first = starts.index(start)
            # A block ends where its last statement does, and before the next one.
            stop = first + sum(start <= other < end for other in starts) if start != end else first
            new = list(_statements(text, self._restorer(old.body[first:stop]), old.body[first:stop]))
            del self.edits[start, end]
            return updated.with_changes(body=[*body[:first], *new, *body[stop:]])
        return updated


def _in_parentheses(node: cst.BaseExpression) -> cst.BaseExpression:
    return node.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])


def _statements(text: str, form: "_Restorer", old: Sequence[cst.BaseStatement]) -> Iterator[cst.BaseStatement]:
    """New statements, with the lines above the first old one and the comment behind the last."""
    new = cst.parse_module(text).body
    for i, statement in enumerate(new):
        restored: Any = statement.visit(form)
        if old and i == 0:
            restored = restored.with_changes(leading_lines=getattr(old[0], "leading_lines", ()))
        last = old[-1] if old and i == len(new) - 1 else None
        if isinstance(last, cst.SimpleStatementLine) and isinstance(restored, cst.SimpleStatementLine):
            restored = restored.with_changes(trailing_whitespace=last.trailing_whitespace)
        yield restored


class _Restorer(cst.CSTTransformer):
    """Gives what stood in the old nodes already the form that it had there."""

    def __init__(self, module: cst.Module, old: Sequence[cst.CSTNode], *, parenthesised: bool) -> None:
        super().__init__()
        self.module, self.parenthesised = module, parenthesised
        self.known: dict[str, cst.CSTNode] = {}
        for node in old:
            for inner in _inside(node):
                self.known.setdefault(self._text(inner), inner)

    def on_visit(self, node: cst.CSTNode) -> bool:
        """Goes on to what is inside, unless all of it is known."""
        return not (_has_form(node) and self._text(node) in self.known)

    def on_leave(self, original_node: cst.CSTNode, updated_node: cst.CSTNode) -> Any:
        """The node in its old form, with the parentheses that it needs where it stands now."""
        old = self.known.get(self._text(original_node)) if _has_form(original_node) else None
        if old is None:
            return super().on_leave(original_node, updated_node)
        if isinstance(old, cst.BaseExpression) and isinstance(original_node, cst.BaseExpression):
            own = self.parenthesised and old.lpar
            old = old if own else old.with_changes(lpar=original_node.lpar, rpar=original_node.rpar)
        return old.deep_clone()

    def _text(self, node: cst.CSTNode) -> str:
        """What a node says, however it is formatted."""
        code = self.module.code_for_node(node).strip()
        try:
            return ast.unparse(ast.parse(f"({code})" if isinstance(node, cst.BaseExpression) else code))
        except SyntaxError:
            return code


def _has_form(node: cst.CSTNode) -> bool:
    return isinstance(node, (cst.BaseExpression, cst.BaseStatement))


def _inside(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    if _has_form(node):
        yield node
    for child in node.children:
        yield from _inside(child)
