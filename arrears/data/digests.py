"""Hashes of Arrow columns: equal for any machine and library version, whatever the encoding on disk."""

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    import hashlib


def digest_column(column: pa.Array, digest: "hashlib._Hash") -> None:
    """Adds a column: where it is NULL, then its values with a stand-in for each NULL."""
    digest.update(column.is_null().cast(pa.uint8()).to_numpy(zero_copy_only=False).tobytes())
    if pa.types.is_list(column.type):
        digest.update(pc.list_value_length(column).fill_null(0).to_numpy(zero_copy_only=False).tobytes())
        digest_column(column.flatten(), digest)
    elif pa.types.is_struct(column.type):
        for child in column.flatten():
            digest_column(child, digest)
    elif pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        text = column.fill_null("")
        digest.update(pc.binary_length(text).to_numpy(zero_copy_only=False).tobytes())
        digest.update(letters(text))
    elif pa.types.is_binary(column.type):
        said = column.fill_null(b"")
        digest.update(pc.binary_length(said).to_numpy(zero_copy_only=False).tobytes())
        digest.update(letters(said))
    elif pa.types.is_boolean(column.type):
        digest.update(column.fill_null(False).cast(pa.uint8()).to_numpy(zero_copy_only=False).tobytes())
    elif pa.types.is_date(column.type):
        digest.update(column.cast(pa.int32()).fill_null(0).to_numpy(zero_copy_only=False).tobytes())
    else:
        digest.update(column.fill_null(0).to_numpy(zero_copy_only=False).tobytes())


def letters(text: pa.Array) -> bytes | memoryview:
    """All texts of a column after one another in UTF-8, or its bytes, as they lie in memory."""
    _, places, found = text.buffers()
    if found is None or not len(text):
        return b""
    place = memoryview(places).cast("q" if pa.types.is_large_string(text.type) else "i")
    return memoryview(found)[place[text.offset] : place[text.offset + len(text)]]
