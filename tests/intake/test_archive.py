"""A hostile archive costs its own submission and nothing else, and the reason is said."""

import re
import shutil
import struct
import subprocess
import time
import zipfile
import zlib

import pytest
from samples import FIFO, FILES, GOOD, SYMLINK, Raw, below, packed, zipped

from grader.errors import UsageError
from grader.intake import intake
from grader.intake.archive import archive
from grader.intake.listing import ONE, Bounds, Unusable

OTHERS = [Raw(name, text) for name, text in below("good", GOOD).items()]
MB = 1 << 20


def refusal(taken) -> str:
    """Why the one submission that is not `good` was refused."""
    assert [one.key for one in taken.handed_in] == ["good"]
    [refused] = taken.refused
    return refused.reason


CODE = Raw("bad/problem1.py", "x = 1\n")


@pytest.mark.parametrize(
    ("member", "reason"),
    [
        pytest.param(Raw("bad/../../evil.py", "x"), "leads out", id="slip"),
        pytest.param(Raw("bad\\..\\..\\evil.py", "x"), "leads out", id="slip with backslashes"),
        pytest.param(Raw("../evil.py", "x"), "leads out", id="slip at the start"),
        pytest.param(Raw("/etc/evil.py", "x"), "root of the disk", id="absolute"),
        pytest.param(Raw("C:\\evil.py", "x"), "drive", id="a drive"),
        pytest.param(Raw("bad/a\0.py", "x"), "no text", id="NUL"),
        pytest.param(Raw("bad/a\n.py", "x"), "no text", id="newline"),
        pytest.param(Raw("bad/nul.py", "x"), "device", id="a device"),
        pytest.param(Raw("bad/" + "a" * 300, "x"), "too long", id="a long part"),
        pytest.param(Raw("bad/" + "a/" * 600 + "b", "x"), "too long", id="a long name"),
        pytest.param(Raw(b"bad/\xff\xfe.py", "x", flags=0x800), "UTF-8", id="no UTF-8"),
        pytest.param(Raw("bad/link.py", "/etc/passwd", attributes=SYMLINK), "symbolic link", id="a link"),
        pytest.param(Raw("bad/dir/", "/etc", attributes=SYMLINK), "symbolic link", id="a link like a folder"),
        pytest.param(Raw("bad/pipe", "", attributes=FIFO), "regular", id="a pipe"),
        pytest.param(Raw("bad/x.py", "x", flags=1), "encrypted", id="encrypted"),
        pytest.param(Raw("bad/x.py", "x", flags=0x41), "encrypted", id="strongly encrypted"),
        pytest.param(Raw("bad/x.py", "x", method=12), "method 12", id="bzip2"),
        pytest.param(Raw("bad/x.py", "x", method=99), "method 99", id="unknown"),
        pytest.param(Raw("bad/problem1.py", "other"), "one file", id="twice"),
        pytest.param(Raw("bad/Problem1.PY", "other"), "one file", id="twice in other letters"),
        pytest.param(Raw("bad/problem1.py. ", "other"), "one file", id="twice but for a dot"),
        pytest.param(Raw("bad/problem1.py/x", "other"), "both a file and a folder", id="a file as a folder"),
        pytest.param(Raw("bad/x", b"a" * 99, size=98), "more than the archive says", id="larger than it says"),
        pytest.param(Raw("bad/x", b"a" * 99, size=100), "less than the archive says", id="smaller than it says"),
        pytest.param(Raw("bad/x", b"a" * 99, method=0, size=98), "more than the archive", id="stored and larger"),
        pytest.param(Raw("bad/x", b"a" * 99, packed=5), "damaged|cut short|another member", id="cut short"),
        pytest.param(Raw("bad/x", b"a" * 99, crc=1), "checksum", id="another checksum"),
        pytest.param(Raw("bad/x", b"a" * 99, local_name=b"bad/y"), "two different things", id="two names"),
        pytest.param(Raw("bad/x", b"a" * 99, local_sizes=(7, 9)), "two different sizes", id="two sizes"),
        pytest.param(Raw("bad/x", b"a" * 99, offset=1 << 30), "another member", id="outside"),
        pytest.param(Raw("bad/x", b"\0" * (17 * MB)), "times its size", id="a bomb"),
        pytest.param(Raw("bad/x", b"a", size=0xFFFFFFFF, extra=b"\1\0\2\0ab"), "sizes are damaged", id="torn zip64"),
    ],
)
def test_a_member_that_must_not_be_unpacked(taken_in, scratch, member, reason):
    whose = "bad" if member.name[:3] in ("bad", b"bad") else None

    taken = taken_in(packed([*OTHERS, CODE, member]), "zip")

    [refused] = taken.refused
    assert re.search(reason, refused.reason)
    left = {"good", "bad"} - {whose}
    assert {one.key for one in taken.handed_in} == left
    assert {path.name for path in scratch.iterdir()} == left


def test_a_refused_submission_leaves_nothing_behind(taken_in, scratch):
    taken_in(packed([*OTHERS, CODE, Raw("bad/x", b"a" * 99, crc=1)]), "zip")

    assert [path.name for path in scratch.iterdir()] == ["good"]


def test_members_that_share_their_data_are_refused_and_cost_no_time(taken_in):
    shared = [Raw(f"bad/{n}.py", b"a" * 1000, offset=0, local_name=b"bad/0.py") for n in range(1000)]

    taken = taken_in(packed([Raw("bad/0.py", b"a" * 1000), *shared, CODE, *OTHERS]), "zip")

    assert "another member" in refusal(taken)


@pytest.mark.parametrize("nested", [False, True])
def test_a_hundred_thousand_members_are_too_many_for_one_submission(taken_in, nested):
    many = [Raw(f"bad/{n}", method=0) for n in range(100_000 - len(OTHERS) - 1)]
    inner = packed([member._replace(name=member.name[4:]) for member in [*many, CODE]])
    start = time.perf_counter()

    taken = taken_in(packed([*OTHERS, Raw("bad.zip", inner)] if nested else [*OTHERS, CODE, *many]), "zip")

    assert f"more than {ONE.members} files" in refusal(taken)
    assert time.perf_counter() - start < 10


@pytest.mark.parametrize("count", [0, 1, 70_000])
def test_too_many_members_for_a_class_are_refused_whatever_the_archive_says_of_their_number(tmp_path, count):
    path = tmp_path / "class.zip"
    path.write_bytes(packed([Raw(str(n), method=0) for n in range(300)], count=count))

    with pytest.raises(UsageError, match="more than 200 files"):
        intake(path, tmp_path / "scratch", FILES, all_together=Bounds(members=200, bytes=MB))


def test_a_submission_may_take_so_much_and_the_class_so_much(taken_in, scratch):
    code = {f"{name}/problem1.py": "" for name in ("s1", "s2", "s3")}
    files = {**below("large", GOOD), "large/x": bytes(3 * MB), **code, **{f"s{n}/x": bytes(MB) for n in (1, 2, 3)}}

    taken = taken_in(files, "zip", one=Bounds(members=10, bytes=2 * MB), all_together=Bounds(50, 2 * MB + MB // 2))

    assert [one.key for one in taken.handed_in] == ["s1", "s2"]
    reasons = {one.name: one.reason for one in taken.refused}
    assert "it unpacks to more than 2 MB" in reasons["large"]
    assert "the class unpacks to more than 2 MB" in reasons["s3"]
    assert sum(path.stat().st_size for path in scratch.rglob("*") if path.is_file()) == 2 * MB


def test_what_a_refused_submission_took_is_given_back_to_the_class(taken_in):
    files = {f"s{n}/{name}": bytes(700_000) for n in range(4) for name in ("problem1.py", "problem2.py")}

    taken = taken_in({**files, **below("t", GOOD)}, "zip", one=Bounds(10, MB), all_together=Bounds(100, 2 * MB))

    assert [one.key for one in taken.handed_in] == ["t"]


@pytest.mark.parametrize("levels", [2, 5])
def test_a_bomb_of_nested_zips_is_not_unpacked_beyond_the_first(taken_in, scratch, levels):
    bomb = zipped({"problem1.py": b"\0" * (4 * MB)})
    for _ in range(levels):
        bomb = zipped({f"{n}.zip": bomb for n in range(8)})

    taken = taken_in(packed([*OTHERS, Raw("bad.zip", bomb)]), "zip")

    assert "archive" in refusal(taken) or "none of" in refusal(taken)
    assert [path.name for path in scratch.iterdir()] == ["good"]


@pytest.mark.parametrize(
    ("member", "name"),
    [
        pytest.param(Raw("bücher.txt"), "bücher.txt", id="UTF-8 that says so"),
        pytest.param(Raw("bücher.txt".encode()), "bücher.txt", id="UTF-8 that does not"),
        pytest.param(Raw("bücher.txt".encode("cp437")), "bücher.txt", id="cp437"),
        pytest.param(Raw("bu\u0308cher.txt"), "bücher.txt", id="NFD"),
        pytest.param(
            Raw(b"b?", extra=struct.pack("<2HBL", 0x7075, 14, 1, zlib.crc32(b"b?")) + "ЯЯЯЯ!".encode()), "ЯЯЯЯ!",
            id="a field for Unicode",
        ),
        pytest.param(Raw("שלום.txt"), "שלום.txt", id="right to left"),
        pytest.param(Raw("./a//b/./c.txt"), "a/b/c.txt", id="dots and blanks"),
        pytest.param(Raw("a\\b.txt"), "a/b.txt", id="backslashes"),
    ],
)  # fmt: skip
def test_names_are_read_as_they_were_meant(tmp_path, member, name):
    (tmp_path / "a.zip").write_bytes(packed([member]))

    [entry] = archive(tmp_path / "a.zip", ONE).entries

    assert ("/".join(entry.path), entry.fault) == (name, "")


@pytest.mark.parametrize("program", ["zipfile", "stream", "zip64", "prefix", "comment", "zip"])
def test_what_ordinary_programs_write_is_read(tmp_path, program):
    path = tmp_path / "a.zip"
    if program == "zip":
        if shutil.which("zip") is None:
            pytest.skip("there is no program `zip` here")
        (tmp_path / "problem1.py").write_text("x = 1\n")
        subprocess.run(["zip", "-q", path, "problem1.py"], cwd=tmp_path, check=True)
    else:
        with path.open("wb") as file:
            file.write(b"#!/bin/sh\n" * (program == "prefix"))
            with zipfile.ZipFile(Unseekable(file) if program == "stream" else file, "w", 8) as made:
                made.comment = b"PK\5\6 is no end" * (program == "comment")
                with made.open("problem1.py", "w", force_zip64=program == "zip64") as member:
                    member.write(b"x = 1\n")

    [entry] = archive(path, ONE).entries

    assert entry.read(100) == b"x = 1\n"


class Unseekable:
    """A stream: sizes follow the data."""

    def __init__(self, file) -> None:
        self.file = file
        self.write, self.flush = file.write, file.flush


@pytest.mark.parametrize("cut", [1, 10, 22, 40, 100])
def test_a_torn_archive_is_an_error_that_says_what_to_do(tmp_path, cut):
    (tmp_path / "class.zip").write_bytes(packed(OTHERS)[:-cut])

    with pytest.raises(UsageError, match="download it again"):
        intake(tmp_path / "class.zip", tmp_path / "scratch", FILES)


def test_an_archive_behind_something_else_is_read(tmp_path):
    (tmp_path / "a.zip").write_bytes(packed(OTHERS, before=b"#!/bin/sh\n"))

    assert [entry.read(100).decode() for entry in archive(tmp_path / "a.zip", ONE).entries] == [*GOOD.values()]


def test_several_volumes_are_refused(tmp_path):
    data = bytearray(packed(OTHERS))
    data[-18:-16] = b"\1\0"
    (tmp_path / "a.zip").write_bytes(data)

    with pytest.raises(Unusable, match="volumes"):
        archive(tmp_path / "a.zip", ONE)


@pytest.mark.parametrize("target", ["/etc/passwd", "../../good/problem1.py", "../nowhere", "problem2.py"])
def test_links_in_a_folder_may_not_lead_out_of_it(tmp_path, target):
    from samples import files_in

    folder = files_in(tmp_path / "class", {**below("good", GOOD), "bad/problem2.py": "x = 1"})
    (folder / "bad" / "problem1.py").symlink_to(target)

    taken = intake(folder, tmp_path / "scratch", FILES)

    if target == "problem2.py":
        assert len(taken.handed_in) == 2
    else:
        assert "link" in refusal(taken)
