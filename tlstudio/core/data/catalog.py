"""Well-known datasets that can be downloaded on request: what they are, and where they come from.

Addresses and MD5 digests are those of torchvision's own dataset classes (a test compares them with
the installed torchvision); nothing of theirs is part of this program.
"""

from __future__ import annotations

from dataclasses import dataclass

from tlstudio.core.registry import Registry
from tlstudio.core.texts import QT_TRANSLATE_NOOP

_OXFORD = "https://www.robots.ox.ac.uk/~vgg/data"
_FASHION = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com"
_GTSRB = "https://sid.erda.dk/public/archives/daaeac0d7ce1152aea9b61d9f1e19370"
_EUROSAT = "https://huggingface.co/datasets/torchgeo/eurosat/resolve"
_NOT_STATED = QT_TRANSLATE_NOOP("core", "not stated; for research and teaching")
_RESEARCH = QT_TRANSLATE_NOOP("core", "for research only")


@dataclass(frozen=True, slots=True)
class CatalogFile:
    """A file of a dataset on its server.

    Attributes:
        url: where it is.
        md5: of its content, 32 hex digits; empty where nobody states one.
    """

    url: str
    md5: str = ""

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.url.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class CatalogDataset:
    """A dataset that can be downloaded.

    Attributes:
        name: on the command line, and of its folder.
        title: as its makers call it.
        help: a sentence on what it shows.
        classes, images: how many there are, as its makers say.
        side_px: the usual shorter side of its images.
        download_mb: about, 10^6 bytes; the server's own word counts for the progress.
        licence: short, by SPDX where it has an identifier; else a sentence marked for translation.
        page: where its makers tell of it.
        files: all that is needed of it.
    """

    name: str
    title: str
    help: str
    classes: int
    images: int
    side_px: int
    download_mb: int
    licence: str
    page: str
    files: tuple[CatalogFile, ...]


@dataclass(frozen=True, slots=True)
class CatalogProgress:
    """The progress of a dataset on its way to this machine.

    Attributes:
        is_unpacking: it has all arrived, and its images are being put into folders.
        done_bytes, total_bytes: of all its files together; the total is 0 while unknown.
        bytes_per_s: of the download; 0 before there is anything to tell, and while unpacking.
    """

    is_unpacking: bool
    done_bytes: int
    total_bytes: int
    bytes_per_s: float = 0.0

    @property
    def fraction(self) -> float | None:
        """The share that is done, 0..1; None where the total is unknown."""
        return min(1.0, self.done_bytes / self.total_bytes) if self.total_bytes else None


CATALOG: Registry[CatalogDataset] = Registry(
    QT_TRANSLATE_NOOP("core", "downloadable dataset"),
    (
        CatalogDataset(
            "ants_bees",
            "Ants & Bees",
            QT_TRANSLATE_NOOP(
                "core", "The photos of PyTorch's transfer-learning tutorial: few, and hard enough."
            ),
            classes=2,
            images=397,
            side_px=375,
            download_mb=47,
            licence=_NOT_STATED,
            page="https://docs.pytorch.org/tutorials/beginner/transfer_learning_tutorial.html",
            files=(CatalogFile("https://download.pytorch.org/tutorial/hymenoptera_data.zip"),),
        ),
        CatalogDataset(
            "cifar10",
            "CIFAR-10",
            QT_TRANSLATE_NOOP("core", "Tiny photos of animals and vehicles, in every textbook."),
            classes=10,
            images=60_000,
            side_px=32,
            download_mb=170,
            licence=_NOT_STATED,
            page="https://www.cs.toronto.edu/~kriz/cifar.html",
            files=(
                CatalogFile(
                    "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
                    "c58f30108f718f92721af3b95e74349a",
                ),
            ),
        ),
        CatalogDataset(
            "cifar100",
            "CIFAR-100",
            QT_TRANSLATE_NOOP("core", "As CIFAR-10, in a hundred classes of 600 photos each."),
            classes=100,
            images=60_000,
            side_px=32,
            download_mb=169,
            licence=_NOT_STATED,
            page="https://www.cs.toronto.edu/~kriz/cifar.html",
            files=(
                CatalogFile(
                    "https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz",
                    "eb9058c3a382ffc7106e4002c42a8d85",
                ),
            ),
        ),
        CatalogDataset(
            "fashion_mnist",
            "Fashion-MNIST",
            QT_TRANSLATE_NOOP("core", "Grey pictures of clothes, as large as MNIST's digits."),
            classes=10,
            images=70_000,
            side_px=28,
            download_mb=31,
            licence="MIT",
            page="https://github.com/zalandoresearch/fashion-mnist",
            files=tuple(
                CatalogFile(f"{_FASHION}/{name}-ubyte.gz", md5)
                for name, md5 in (
                    ("train-images-idx3", "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
                    ("train-labels-idx1", "25c81989df183df01b3e8a0aad5dffbe"),
                    ("t10k-images-idx3", "bef4ecab320f06d8554ea6380940ec79"),
                    ("t10k-labels-idx1", "bb300cfdad3c16e7a12a480ee83cd310"),
                )
            ),
        ),
        CatalogDataset(
            "emnist",
            "EMNIST (balanced)",
            QT_TRANSLATE_NOOP("core", "Handwritten digits and letters, as many of each."),
            classes=47,
            images=131_600,
            side_px=28,
            download_mb=562,
            licence=QT_TRANSLATE_NOOP("core", "public domain"),
            page="https://www.nist.gov/itl/products-and-services/emnist-dataset",
            files=(
                CatalogFile(
                    "https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip",
                    "58c8d27c78d21e728a6bc7b3cc06412e",
                ),
            ),
        ),
        CatalogDataset(
            "oxford_pets",
            "Oxford-IIIT Pets",
            QT_TRANSLATE_NOOP("core", "Photos of 25 breeds of dogs and 12 of cats."),
            classes=37,
            images=7_349,
            side_px=375,
            download_mb=811,
            licence="CC-BY-SA-4.0",
            page=f"{_OXFORD}/pets/",
            files=(
                CatalogFile(
                    f"{_OXFORD}/pets/data/images.tar.gz", "5c4f3ee8e5d25df40f4fd59a7f44e54c"
                ),
                CatalogFile(
                    f"{_OXFORD}/pets/data/annotations.tar.gz", "95a8c909bbe2e81eed6a22bccdf3f68f"
                ),
            ),
        ),
        CatalogDataset(
            "flowers102",
            "Flowers-102",
            QT_TRANSLATE_NOOP("core", "Photos of flowers, ten of each kind to train on."),
            classes=102,
            images=8_189,
            side_px=500,
            download_mb=345,
            licence=_NOT_STATED,
            page=f"{_OXFORD}/flowers/102/",
            files=(
                CatalogFile(
                    f"{_OXFORD}/flowers/102/102flowers.tgz", "52808999861908f626f3c1f4e79d11fa"
                ),
                CatalogFile(
                    f"{_OXFORD}/flowers/102/imagelabels.mat", "e0620be6f572b9609742df49c70aed4d"
                ),
                CatalogFile(f"{_OXFORD}/flowers/102/setid.mat", "a5357ecc9cb78c4bef273ce3793fc85c"),
            ),
        ),
        CatalogDataset(
            "food101",
            "Food-101",
            QT_TRANSLATE_NOOP(
                "core", "Photos of dishes; some training labels are wrong on purpose."
            ),
            classes=101,
            images=101_000,
            side_px=512,
            download_mb=4_996,
            licence=_NOT_STATED,
            page="https://data.vision.ee.ethz.ch/cvl/datasets_extra/food-101/",
            files=(
                CatalogFile(
                    "http://data.vision.ee.ethz.ch/cvl/food-101.tar.gz",
                    "85eeb15f3717b99a5da872d97d918f87",
                ),
            ),
        ),
        CatalogDataset(
            "eurosat",
            "EuroSAT",
            QT_TRANSLATE_NOOP("core", "What land is used for, seen from the Sentinel-2 satellite."),
            classes=10,
            images=27_000,
            side_px=64,
            download_mb=94,
            licence="MIT",
            page="https://github.com/phelber/EuroSAT",
            files=(
                CatalogFile(
                    f"{_EUROSAT}/c877bcd43f099cd0196738f714544e355477f3fd/EuroSAT.zip",
                    "c8fa014336c82ac7804f0398fcb19387",
                ),
            ),
        ),
        CatalogDataset(
            "dtd",
            "DTD",
            QT_TRANSLATE_NOOP("core", "Textures by the words that people have for them."),
            classes=47,
            images=5_640,
            side_px=400,
            download_mb=625,
            licence=_RESEARCH,
            page=f"{_OXFORD}/dtd/",
            files=(
                CatalogFile(
                    f"{_OXFORD}/dtd/download/dtd-r1.0.1.tar.gz", "fff73e5086ae6bdbea199a49dfb8a4c1"
                ),
            ),
        ),
        CatalogDataset(
            "gtsrb",
            "GTSRB",
            QT_TRANSLATE_NOOP(
                "core",
                "German traffic signs; thirty frames of each sign, so keep the groups of one name "
                "together when you split.",
            ),
            classes=43,
            images=39_270,
            side_px=40,
            download_mb=277,
            licence=QT_TRANSLATE_NOOP("core", "free to use, please cite"),
            page="https://benchmark.ini.rub.de/",
            files=(
                CatalogFile(
                    f"{_GTSRB}/GTSRB-Training_fixed.zip", "513f3c79a4c5141765e10e952eaa2478"
                ),
                CatalogFile(
                    f"{_GTSRB}/GTSRB_Final_Test_Images.zip", "c7e4e6327067d32654124b0fe9e82185"
                ),
                CatalogFile(
                    f"{_GTSRB}/GTSRB_Final_Test_GT.zip", "fe31e9c9270bbcd7b84b7f21a9d9d9e5"
                ),
            ),
        ),
    ),
)
