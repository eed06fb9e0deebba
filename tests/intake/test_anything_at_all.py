"""Whatever an archive holds: nothing is written outside the scratch folder, bounds hold, and no submission is lost."""

import os
import tempfile
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st
from samples import FIFO, FILES, SYMLINK, Raw, files_in, notebook, packed, zipped

from grader.errors import UsageError
from grader.intake import Intake, intake
from grader.intake.listing import Bounds
from grader.intake.notebook import module

steady = settings(derandomize=True, deadline=None, database=None)
ONE, ALL = Bounds(members=6, bytes=5_000, ratio=20, unasked=1_000), Bounds(members=30, bytes=12_000)

parts = st.sampled_from(
    [
        "..", ".", "", "a", "A", "b.zip", "problem1.py", "Problem1.py", "problem2.ipynb", "submission.yaml", "C:",
        "/etc", "~", "x\\..\\y", "nul", "a\0b", "é", "e\u0301", "__MACOSX", ".git", "submission_metadata.yml",
        "submission_1", "-", "doe_1_2_problem1.py", "roe_LATE_3_4_a.zip", "J D_5_assignsubmission_file_",
        "J D_5_assignsubmission_onlinetext",
    ]
)  # fmt: skip
names = st.lists(parts, min_size=1, max_size=4).map("/".join) | st.text(max_size=12) | st.binary(max_size=12)
contents = (
    st.sampled_from([b"", b"x = 1\n", bytes(30_000), b"student: {id: ../../x}", b"a: [", notebook("x = 1", "f()")])
    | st.binary(max_size=300)
    | st.lists(names, max_size=3).map(lambda inner: packed([Raw(_text(name), b"y = 2\n") for name in inner]))
)
members = st.builds(
    Raw,
    name=names.map(lambda name: _text(name)),
    content=contents,
    method=st.sampled_from([0, 8, 8, 8, 12]),
    flags=st.sampled_from([0, 0, 0, 1, 8, 0x800]),
    attributes=st.sampled_from([0, 0, 0, SYMLINK, FIFO, 0o040755 << 16]),
    size=st.none() | st.none() | st.integers(0, 2**32 - 1),
    packed=st.none() | st.none() | st.integers(0, 2**32 - 1),
    offset=st.none() | st.none() | st.integers(0, 500),
    crc=st.none(),
    extra=st.sampled_from([b"", b"", b"\1\0\x08\0" + bytes(8), b"up\3\0abc"]),
    local_name=st.none(),
    local_sizes=st.none(),
)


def _text(name: str | bytes) -> str | bytes:
    """A name that a zip can hold: no halves of letters."""
    return name.encode("utf-8", "replace") if isinstance(name, str) and not name.isascii() else name


def taken_in(data: bytes) -> Intake | None:
    """The class, if it is one, after nothing was found but below the scratch folder and within its bounds."""
    with tempfile.TemporaryDirectory() as folder:
        top = files_in(Path(folder).resolve(), {"class.zip": data, "beside": "untouched", "scratch/": ""})
        try:
            taken = intake(top / "class.zip", top / "scratch", FILES, one=ONE, all_together=ALL)
        except UsageError:
            taken = None
        assert sorted(path.name for path in top.iterdir()) == ["beside", "class.zip", "scratch"]
        assert (top / "class.zip").read_bytes() == data
        written = [Path(at, name) for at, folders, files in os.walk(top / "scratch") for name in (*folders, *files)]
        assert not any(path.is_symlink() for path in written)
        files = [path for path in written if path.is_file()]
        assert sum(path.stat().st_size for path in files) <= ALL.bytes
        assert len(files) <= ALL.members
        for one in taken.handed_in if taken else ():
            assert one.folder == top / "scratch" / one.key
            assert any((one.folder / name).is_file() for name in FILES)
            inside = [path for path in files if path.is_relative_to(one.folder)]
            assert sum(path.stat().st_size for path in inside) <= ONE.bytes
        assert not taken or {path.name for path in (top / "scratch").iterdir()} == {one.key for one in taken.handed_in}
        return taken


@settings(steady, max_examples=250)
@given(st.lists(members, max_size=8))
@example([Raw("a/problem1.py", b""), Raw("a/../../beside", b"x")])
def test_members_of_any_kind(ones):
    taken_in(packed(ones))


@settings(steady, max_examples=150)
@given(st.data())
def test_archives_with_bytes_that_changed(data):
    whole = bytearray(
        zipped({"a/problem1.py": "x = 1\n", "b/problem1.py": "y = 2\n", "c.zip": zipped({"problem1.py": ""})})
    )
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))

    taken_in(bytes(whole[: data.draw(st.just(len(whole)) | st.integers(0, len(whole)))]))


@settings(steady, max_examples=100)
@given(st.lists(members, min_size=1, max_size=6))
def test_one_submission_costs_no_other(ones):
    others = [Raw(f"{name}/problem1.py", b"z = 3\n") for name in ("zoe", "zac")]
    ones = [one._replace(name=b"m/" + (one.name.encode() if isinstance(one.name, str) else one.name)) for one in ones]
    here = [one._replace(offset=None, packed=None) for one in ones]

    taken = taken_in(packed([*others, *here]))

    assert taken is not None
    assert {"zoe", "zac"} <= {one.key for one in taken.handed_in}


lines = st.sampled_from(
    [
        "%magic", "!ls", "x?", "def f():", "    return 1", "x = 1", "import math", '"""', "if x:", "    !ls", "f()",
        "\\", "(", ")", "class A:", "y = math.pi", "x += [y", "@f", "for i in x:", "lambda: 0", "\t%x", "x = !ls",
        "async def g(): await f()", "import nowhere", "z = nowhere.y", '    """a', 'b"""',
    ]
)  # fmt: skip


@settings(steady, max_examples=200)
@given(st.lists(st.lists(lines | st.text(max_size=8), max_size=6).map("\n".join), max_size=5))
def test_the_module_of_any_notebook_compiles(cells):
    made = module(notebook(*cells), "a.ipynb")

    compile(made.source, "problem1.py", "exec")
    assert all(1 <= number <= len(cells) for number, _ in made.left_out)
