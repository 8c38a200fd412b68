from pathlib import Path

from paddock.core.links import link_or_copy


def test_what_anybody_may_write_to_is_not_shared(tmp_path: Path) -> None:
    source, target = tmp_path / "raw.jpg", tmp_path / "prepared.jpg"
    source.write_bytes(b"as labelled")
    link_or_copy(source, target)
    # As annotators' tools turn a picture: the same file, other content.
    with source.open("r+b") as file:
        file.write(b"turned ever")
    assert target.read_bytes() == b"as labelled"


def test_what_nobody_may_write_to_takes_no_room_of_its_own(tmp_path: Path) -> None:
    source, target, link = tmp_path / "cached.jpg", tmp_path / "prepared.jpg", tmp_path / "link.jpg"
    source.write_bytes(b"as labelled")
    source.chmod(0o444)
    link.symlink_to(source)
    for name in (source, link):
        link_or_copy(name, target)
        assert target.read_bytes() == b"as labelled"
        assert not target.is_symlink()
        # Where the file system shares blocks, the two files are two.
        assert target.samefile(source) or source.stat().st_nlink == 1
        target.unlink()
    assert source.stat().st_mode & 0o777 == 0o444
