"""Kinds of files: which are images that can be read, and why others are not used.

What lies in a dataset's folder is used or counted with its reason, so that nothing is left out in
silence: a table of suffixes for what is known, and the first bytes for what calls itself an image.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec

from PIL import features

from tlstudio.core.texts import QT_TRANSLATE_NOOP

# As Pillow calls them; in the order in which they are tried, the usual ones first.
FORMATS = (
    "JPEG",
    "PNG",
    "BMP",
    "GIF",
    "PPM",
    "WEBP",
    "TIFF",
    "JPEG2000",
    "ICO",
    *(("AVIF",) if features.check("avif") else ()),
)
_PLAIN_SUFFIXES = (
    ".jpg .jpeg .jpe .jfif .jfi .jif .png .apng .bmp .dib .gif .ppm .pgm .pbm .pnm .webp .tif .tiff"
    " .jp2 .j2k .jpx .ico .avif .avifs"
)
_HEIC_SUFFIXES = ".heic .heics .heif .heifs .hif"
SUFFIXES = frozenset(f"{_PLAIN_SUFFIXES} {_HEIC_SUFFIXES}".split())
"""Ends of names that say a file is an image; what it is, its content decides."""

HEAD_BYTES = 32
HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})

NOT_AN_IMAGE = QT_TRANSLATE_NOOP("core", "The file is not an image of a known format.")
HEIC = QT_TRANSLATE_NOOP(
    "core", "HEIC is not readable here: install pi-heif (tlstudio[heic]), or convert it to JPEG."
)
AVIF = QT_TRANSLATE_NOOP(
    "core", "AVIF is not readable here: install Pillow 11.3 or later, or convert it to JPEG."
)
RAW = QT_TRANSLATE_NOOP("core", "The raw file of a camera: develop it to JPEG or TIFF first.")
DRAWING = QT_TRANSLATE_NOOP("core", "A drawing or a document: export it as PNG or JPEG first.")
VIDEO = QT_TRANSLATE_NOOP("core", "A video: save frames of it as images first.")
SCIENCE = QT_TRANSLATE_NOOP(
    "core", "Measured data of a kind that is not read here: convert it to TIFF or PNG first."
)
OTHER_IMAGE = QT_TRANSLATE_NOOP(
    "core", "An image of a kind that is not read here: convert it to PNG or JPEG first."
)
POINTER = QT_TRANSLATE_NOOP(
    "core", "Only a pointer of Git LFS is here: fetch the files themselves (git lfs pull)."
)
WEB_PAGE = QT_TRANSLATE_NOOP("core", "A web page with the name of an image: its download failed.")
HIDDEN = QT_TRANSLATE_NOOP("core", "A hidden file.")
NO_IMAGE_FILE = QT_TRANSLATE_NOOP("core", "Not an image.")
QUIET = (HIDDEN, NO_IMAGE_FILE)  # of these no warning tells: they are counted

# Files that systems leave behind where they looked; nobody would look for them.
_LITTER = frozenset(
    {".ds_store", ".localized", ".directory", "thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r"}
)

_KINDS = {
    RAW: ".3fr .arw .cr2 .cr3 .crw .dcr .dng .erf .iiq .kdc .mef .mos .mrw .nef .nrw .orf .pef"
    " .raf .rw2 .rwl .sr2 .srf .srw .x3f",
    DRAWING: ".ai .cdr .doc .docx .eps .indd .odp .odt .pdf .ppt .pptx .ps .psb .psd .svg .svgz"
    " .xcf",
    VIDEO: ".3gp .avi .flv .m2ts .m4v .mkv .mov .mp4 .mpeg .mpg .mts .ts .webm .wmv",
    OTHER_IMAGE: ".bpg .cur .dds .emf .flif .icns .jxl .jxr .pcx .pfm .qoi .ras .sgi .tga .wdp .wmf"
    " .xbm .xpm",
    SCIENCE: ".czi .dcm .dicom .exr .fit .fits .h5 .hdf5 .hdr .lif .mat .mha .mhd .mrc .nd2 .nii"
    " .npy .npz .nrrd .svs .tfrecord",
}
_REASONS = {suffix: reason for reason, suffixes in _KINDS.items() for suffix in suffixes.split()}


# Kinds that a dataset often has beside its images; they need not be opened to know.
_BESIDE = (
    ".7z .bat .bz2 .cfg .ckpt .css .csv .db .dll .exe .feather .flac .gz .htm .html .ini .ipynb .js"
    " .json .jsonl .lnk .log .lst .md .mp3 .names .onnx .parquet .pickle .pkl .pt .pth .py .rar"
    " .rst .safetensors .sh .sqlite .sqlite3 .tar .tgz .toml .tsv .txt .url .wav .xls .xlsx .xml"
    " .xz .yaml .yml .zip .zst"
)
_KNOWN_OTHERS = frozenset(_REASONS) | frozenset(_BESIDE.split())
_STARTS = (
    b"\xff\xd8\xff",
    b"\x89PNG\r\n",
    b"GIF8",
    b"BM",
    b"II*\0",
    b"MM\0*",
    b"P5\n",
    b"P6\n",
    b"\0\0\0\x0cjP  ",
)


def is_litter(name: str) -> bool:
    """Whether a system left this file behind, so that nobody would miss it in a count."""
    return name.casefold() in _LITTER or name.startswith("._")


def may_be_image(name: str) -> bool:
    """Whether a file that does not call itself an image may be one: its suffix says nothing."""
    return name[name.rfind(".") :].lower() not in _KNOWN_OTHERS if "." in name else True


def begins_as_image(head: bytes) -> bool:
    """Whether the first bytes are those of an image that is read here, or as HEIC may be."""
    if head.startswith(_STARTS):
        return head[:2] != b"BM" or head[6:10] == bytes(4)
    if head[4:8] == b"ftyp":
        return head[8:12] in HEIC_BRANDS | {b"avif", b"avis"}
    return head[:4] == b"RIFF" and head[8:12] == b"WEBP"


def reason_of(name: str) -> str:
    """Why a file that does not call itself an image is not used, by its name."""
    if name.startswith("."):
        return HIDDEN
    return _REASONS.get(name[name.rfind(".") :].lower(), NO_IMAGE_FILE)


def kind_of_content(head: bytes) -> str | None:
    """Why a file with the name of an image is none, by its first bytes; None if they do not say.

    Args:
        head: the first `HEAD_BYTES`.
    """
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand in HEIC_BRANDS:
            return HEIC
        return AVIF if brand in (b"avif", b"avis") else VIDEO
    starts = {
        b"%PDF": DRAWING,
        b"8BPS": DRAWING,
        b"<svg": DRAWING,
        b"<?xml": DRAWING,
        b"version https://git-lfs": POINTER,
        b"<!DOCTYPE": WEB_PAGE,
        b"<!doctype": WEB_PAGE,
        b"<html": WEB_PAGE,
        b"\xff\x0a": OTHER_IMAGE,
        b"\0\0\0\x0cJXL ": OTHER_IMAGE,
        b"\x1aE\xdf\xa3": VIDEO,
        b"\x93NUMPY": SCIENCE,
        b"\x89HDF": SCIENCE,
        b"v/1\x01": SCIENCE,
    }
    return next((reason for start, reason in starts.items() if head.startswith(start)), None)


@cache
def can_read_heic() -> bool:
    """Whether pi-heif is installed; Pillow knows the format from then on."""
    if find_spec("pi_heif") is None:
        return False
    import_module("pi_heif").register_heif_opener()
    return True
