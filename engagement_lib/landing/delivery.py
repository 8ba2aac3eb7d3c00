"""The content of a file as a stream of bytes: unpacked on the way, and the delivered bytes hashed and counted."""

import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

GZIP_MAGIC = b"\x1f\x8b"
READ_BYTES = 1 << 20
REFUSED_ENCODINGS = {
    b"\xff\xfe\x00\x00": "UTF-32 (little endian)",
    b"\x00\x00\xfe\xff": "UTF-32 (big endian)",
    b"\xff\xfe": "UTF-16 (little endian)",
    b"\xfe\xff": "UTF-16 (big endian)",
}
OTHER_FORMATS = {
    b"PK\x03\x04": "a zip archive or a spreadsheet",
    b"BZh": "compressed with bzip2",
    b"\xfd7zXZ": "compressed with xz",
    b"\x28\xb5\x2f\xfd": "compressed with zstd",
    b"PAR1": "a Parquet file",
    b"%PDF": "a PDF document",
    b"SQLite format 3": "a SQLite database",
}
UTF8_BOM = b"\xef\xbb\xbf"


class Unreadable(Exception):
    """The file cannot be read; the message is the reason, one sentence for people."""


class Delivered(io.RawIOBase):
    """The bytes of a file as delivered, hashed and counted while they are read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self._sha256 = ""
        self.size = 0

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: memoryview) -> int:
        """Reads the next bytes; 0 at the end of the file."""
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        self._hash.update(data)
        self.size += len(data)
        return len(data)

    def finish(self) -> str:
        """Reads what is left, once, and returns the sha256 of all."""
        while not self._sha256 and (data := self._file.read(READ_BYTES)):
            self._hash.update(data)
            self.size += len(data)
        self._sha256 = self._hash.hexdigest()
        return self._sha256


def unpacked(delivered: BinaryIO) -> tuple[io.BufferedReader, str | None]:
    """(the content, 'gzip' or None): the first bytes decide, never the file's name."""
    packed = io.BufferedReader(delivered, READ_BYTES)
    if packed.peek(2)[:2] != GZIP_MAGIC:
        return packed, None
    return io.BufferedReader(gzip.GzipFile(fileobj=packed), READ_BYTES), "gzip"


def read_block(content: BinaryIO, size: int) -> bytes:
    """The next ``size`` bytes, fewer only at the end. Raises ``Unreadable`` where a compressed file is damaged."""
    with _damage_named():
        return content.read(size)


def skip_to(content: BinaryIO, offset: int) -> None:
    """Go on from the byte at ``offset``. Raises ``Unreadable`` where a compressed file is damaged before it."""
    with _damage_named():
        content.seek(offset)


@contextmanager
def _damage_named() -> Iterator[None]:
    try:
        yield
    except EOFError as error:
        raise Unreadable("the compressed file ends too early: it was cut off on its way") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise Unreadable(f"the compressed file is damaged ({error})") from error


def refuse_other_encodings(start: bytes) -> None:
    """Raises ``Unreadable`` where the first bytes are those of another encoding than UTF-8, or of what is no text."""
    for magic, name in (REFUSED_ENCODINGS | OTHER_FORMATS).items():
        if start.startswith(magic):
            verb = "is encoded as" if magic in REFUSED_ENCODINGS else "is"
            raise Unreadable(f"the content {verb} {name}; UTF-8 text is expected")
    head = start[:1000]
    for name, zeros in (("UTF-16 (little endian)", head[1::2]), ("UTF-16 (big endian)", head[0::2])):
        if zeros and zeros.count(0) > 0.4 * len(zeros):
            raise Unreadable(f"the content is encoded as {name}, as its NUL bytes show; UTF-8 text is expected")
