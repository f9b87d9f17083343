"""Pictures for tests, made here."""

import io

from PIL import Image


def picture(kind="JPEG", size=(400, 300), mode="RGB", **how) -> bytes:
    """Make a small picture of a format."""
    out = io.BytesIO()
    Image.new(mode, size, "gray" if mode != "RGBA" else (200, 30, 30, 128)).save(out, kind, **how)
    return out.getvalue()


def jpeg(size=(400, 300)) -> bytes:
    """Make a JPEG that carries a place and a device, as phones do."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "SecretPhone", "Model X"
    exif.get_ifd(0x8825)[1] = "N"
    return picture("JPEG", size, exif=exif)
