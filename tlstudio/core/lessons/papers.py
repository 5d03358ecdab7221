"""The tables of the classics, row by row."""

from __future__ import annotations

from tlstudio.core.lessons.printed import (
    Cell,
    Connections,
    Count,
    Grid,
    Line,
    PaperTable,
    Printed,
    Quantity,
)
from tlstudio.core.lessons.target import Target
from tlstudio.core.texts import QT_TRANSLATE_NOOP

Q = Quantity

PARAMETERS = QT_TRANSLATE_NOOP("core", "Parameters")
MULTIPLY_ADDS = QT_TRANSLATE_NOOP("core", "Multiply-adds")
DEPTH = QT_TRANSLATE_NOOP("core", "Layers deep")
WINDOW = QT_TRANSLATE_NOOP("core", "Kernel/stride")
NEURONS = QT_TRANSLATE_NOOP("core", "Neurons")
OUTPUTS = QT_TRANSLATE_NOOP("core", "Outputs")
TOP_5 = QT_TRANSLATE_NOOP("core", "Top-5 error, test images")

_LENET = PaperTable(
    "lenet",
    "LeNet-5",
    (
        Line("C1", PARAMETERS, Printed("156"), "§II.B", Count("lenet5", Q.PARAMETERS, ("c1",))),
        Line(
            "C3",
            PARAMETERS,
            Printed("1,516"),
            "§II.B",
            Count("lenet5", Q.PARAMETERS, ("c3",)),
            QT_TRANSLATE_NOOP(
                "core",
                "Table I: each map of C3 sees only some maps of S2. Where all are connected it is "
                "{0}, as on many slides.",
            ),
            ((Count("lenet5_modern", Q.PARAMETERS, ("c3",), classes=10), Printed("1,000")),),
            slide="2,416",
        ),
        Line(
            "LeNet-5",
            PARAMETERS,
            Printed("60,000"),
            "§II.B",
            Count("lenet5", Q.PARAMETERS, without=("output",), classes=10),
            QT_TRANSLATE_NOOP(
                "core",
                "Without the output: the paper compares F6 with drawings of the ten digits (RBF) "
                "that are not trained. A linear output has {0} more; with C3 fully connected and "
                "plain pooling it is {1} in all.",
            ),
            (
                (Count("lenet5", Q.PARAMETERS, ("output",), classes=10), Printed("1")),
                (Count("lenet5_modern", Q.PARAMETERS, classes=10), Printed("1")),
            ),
            slide="61,706",
        ),
        Line(
            "LeNet-5",
            QT_TRANSLATE_NOOP("core", "Connections"),
            Printed("340,908"),
            "§II.B",
            Count("lenet5", Q.CONNECTIONS, classes=10),
            QT_TRANSLATE_NOOP(
                "core", "The linear output here has ten biases; the paper's RBF units have none."
            ),
        ),
    ),
    Target(step="model", tab="picture", models=("lenet5",)),
    connections=Connections(
        QT_TRANSLATE_NOOP(
            "core", "Table I: which maps of S2 (rows) each map of C3 (columns) is connected to"
        ),
        "lenet5",
        "c3",
    ),
)

_ALEXNET = PaperTable(
    "alexnet",
    "AlexNet",
    (
        Line(
            "AlexNet",
            PARAMETERS,
            Printed("60 M"),
            QT_TRANSLATE_NOOP("core", "abstract"),
            Count("alexnet_2012", Q.PARAMETERS),
            QT_TRANSLATE_NOOP(
                "core",
                "torchvision's AlexNet has {0}: another network, of 2014, without the two groups "
                "of the two graphics cards.",
            ),
            ((Count("alexnet", Q.PARAMETERS), Printed("1 M")),),
            slide="61.1 M",
        ),
        Line(
            "conv1",
            NEURONS,
            Printed("253,440"),
            QT_TRANSLATE_NOOP("core", "figure 2"),
            Count("alexnet_2012", Q.NEURONS, ("conv1",)),
            QT_TRANSLATE_NOOP(
                "core",
                "55 × 55 × 96; the printed number is 55 × 48 × 96. And 55 does not follow from the "
                "printed 224 pixels: it takes 227, or padding.",
            ),
        ),
        Line(
            "conv2",
            WINDOW,
            Printed("5×5/1"),
            "§3.5",
            Count("alexnet_2012", Q.WINDOW, ("conv2",)),
            QT_TRANSLATE_NOOP(
                "core",
                "The paper names a stride for conv1 alone; everywhere else it is 1, and pooling "
                "makes the maps smaller.",
            ),
        ),
        Line(
            "FC8",
            OUTPUTS,
            Printed("1000"),
            "§3.5",
            Count("alexnet_2012", Q.MAPS, ("fc8",)),
            QT_TRANSLATE_NOOP(
                "core",
                "The “4096 neurons each” of the paper are those of the two layers before; the last "
                "one has an output for each class.",
            ),
        ),
        Line(
            QT_TRANSLATE_NOOP("core", "five networks"),
            TOP_5,
            Printed("16.4%"),
            QT_TRANSLATE_NOOP("core", "table 2"),
            reason=QT_TRANSLATE_NOOP("core", "With the images of the challenge alone."),
        ),
        Line(
            QT_TRANSLATE_NOOP("core", "seven networks"),
            TOP_5,
            Printed("15.3%"),
            QT_TRANSLATE_NOOP("core", "table 2"),
            reason=QT_TRANSLATE_NOOP(
                "core",
                "These five and two that were pretrained on all of ImageNet (Fall 2011). It is the "
                "number that slides give for “AlexNet”.",
            ),
        ),
    ),
    Target(step="model", tab="picture", models=("alexnet_2012",)),
)

_VGG_COLUMNS = (("A", "133 M"), ("B", "133 M"), ("C", "134 M"), ("D", "138 M"), ("E", "144 M"))
_VGG_SUBJECTS = {"D": "VGG-16 (D)", "E": "VGG-19 (E)"}
_VGG_REASONS = {
    "A": QT_TRANSLATE_NOOP("core", "Eleven layers with weights."),
    "D": QT_TRANSLATE_NOOP(
        "core",
        "133 M belongs to A and B. Three fully connected layers hold {0} of it.",
    ),
}
_VGG = PaperTable(
    "vgg",
    "VGG",
    (
        *(
            Line(
                _VGG_SUBJECTS.get(column, f"VGG {column}"),
                PARAMETERS,
                Printed(printed),
                QT_TRANSLATE_NOOP("core", "table 2"),
                Count(f"vgg_{column.lower()}", Q.PARAMETERS),
                _VGG_REASONS.get(column, ""),
                ((Count("vgg_d", Q.PARAMETERS, ("fc6", "fc7", "fc8")), Printed("1 M")),)
                if column == "D"
                else (),
                slide="133 M" if column == "D" else "",
            )
            for column, printed in _VGG_COLUMNS
        ),
        Line(
            "VGG-16 (D)",
            DEPTH,
            Printed("16"),
            QT_TRANSLATE_NOOP("core", "table 1"),
            Count("vgg_d", Q.DEPTH),
            QT_TRANSLATE_NOOP(
                "core", "13 convolutions and 3 linear layers; pooling has no weights."
            ),
        ),
        Line(
            "VGG-19 (E)",
            MULTIPLY_ADDS,
            Printed("19.6 G"),
            QT_TRANSLATE_NOOP("core", "ResNet paper, §3.3"),
            Count("vgg_e", Q.MULTIPLY_ADDS),
            QT_TRANSLATE_NOOP(
                "core",
                "One multiply-add is one product and one sum; slides that count them apart have "
                "twice as much.",
            ),
            slide="39 G",
        ),
        Line(
            QT_TRANSLATE_NOOP("core", "seven networks"),
            TOP_5,
            Printed("7.3%"),
            QT_TRANSLATE_NOOP("core", "table 7"),
            reason=QT_TRANSLATE_NOOP(
                "core", "The entry of 2014. Two networks reached 6.8% after the challenge."
            ),
            slide="6.8%",
        ),
    ),
    Target(step="model", tab="picture", models=("vgg_d",)),
)

_KI = 1024.0
_MODULES = (  # of table 1: name, parameters, operations
    ("3a", "159 K", "128 M"),
    ("3b", "380 K", "304 M"),
    ("4a", "364 K", "73 M"),
    ("4b", "437 K", "88 M"),
    ("4c", "463 K", "100 M"),
    ("4d", "580 K", "119 M"),
    ("4e", "840 K", "170 M"),
    ("5a", "1072 K", "54 M"),
    ("5b", "1388 K", "71 M"),
)
_GOOGLENET_WIDTHS = (
    "branch1x1.conv",
    "branch3x3.reduce",
    "branch3x3.conv",
    "branch5x5.reduce",
    "branch5x5.conv",
    "branch_pool.proj",
)
_OF_GOOGLENET = "googlenet_2014"


def _cells(paths: tuple[str, ...], parameters: str, operations: str, output: str) -> list[Cell]:
    """The cells of output size, parameters and operations."""
    return [
        Cell(Printed(output), Count(_OF_GOOGLENET, Q.OUTPUT, paths[-1:])),
        Cell(Printed(parameters, _KI), Count(_OF_GOOGLENET, Q.PARAMETERS, paths)),
        Cell(Printed(operations), Count(_OF_GOOGLENET, Q.MULTIPLY_ADDS, paths)),
    ]


def _module_row(name: str, parameters: str, operations: str) -> tuple[str, tuple[Cell, ...]]:
    path = f"inception_{name}"
    size = {"3": "28×28", "4": "14×14", "5": "7×7"}[name[0]]
    maps = {"3a": 256, "3b": 480, "4d": 528, "4e": 832, "5a": 832, "5b": 1024}.get(name, 512)
    output, *costs = _cells((path,), parameters, operations, f"{size}×{maps}")
    widths = (
        Cell(count=Count(_OF_GOOGLENET, Q.MAPS, (f"{path}.{layer}",)))
        for layer in _GOOGLENET_WIDTHS
    )
    return f"inception ({name})", (output, *widths, *costs)


def _plain_row(name: str, widths: dict[int, str], *cells: Cell) -> tuple[str, tuple[Cell, ...]]:
    """A row of layers; `widths` gives the path of each width that it has, by its column."""
    output, *costs = cells
    columns = (
        Cell(count=Count(_OF_GOOGLENET, Q.MAPS, (widths[column],)) if column in widths else None)
        for column in range(len(_GOOGLENET_WIDTHS))
    )
    return name, (output, *columns, *costs)


_GOOGLENET_GRID = Grid(
    QT_TRANSLATE_NOOP("core", "Table 1, module by module"),
    (
        "type",
        "output",
        "#1×1",
        "#3×3 reduce",
        "#3×3",
        "#5×5 reduce",
        "#5×5",
        "pool proj",
        "params",
        "ops",
    ),
    (
        _plain_row("convolution 7×7/2", {}, *_cells(("conv1",), "2.7 K", "34 M", "112×112×64")),
        _plain_row(
            "convolution 3×3/1",
            {1: "conv2_reduce", 2: "conv2"},
            *_cells(("conv2_reduce", "conv2"), "112 K", "360 M", "56×56×192"),
        ),
        *(_module_row(*row) for row in _MODULES),
        _plain_row("linear", {}, *_cells(("linear",), "1000 K", "1 M", "1×1×1000")),
    ),
    (
        (
            "convolution 7×7/2",
            QT_TRANSLATE_NOOP(
                "core",
                "A 7×7 kernel has 7 × 7 × 3 × 64 weights. Near the printed numbers are 2 × 7 × 3 × "
                "64 and 7 × 7 × 3 × 8 + 3 × 8 × 64, as of a separable one; the paper gives none.",
            ),
        ),
        (
            "inception (4c)",
            QT_TRANSLATE_NOOP(
                "core", "The printed 100 M operations need the counted parameters, not 463 K."
            ),
        ),
        (
            "inception (5a)",
            QT_TRANSLATE_NOOP(
                "core",
                "The printed numbers fit one another, but not the widths of the row.",
            ),
        ),
    ),
    QT_TRANSLATE_NOOP(
        "core",
        "K is 1,024 here, as the linear layer's 1,024 × 1,000 weights show. In the other modules "
        "the numbers differ by less than one part in fifty, with biases or without.",
    ),
)

_GOOGLENET = PaperTable(
    "googlenet",
    "GoogLeNet",
    (
        Line(
            "AlexNet : GoogLeNet",
            PARAMETERS,
            Printed("12×"),
            "§1",
            Count("alexnet_2012", Q.PARAMETERS, per=Count(_OF_GOOGLENET, Q.PARAMETERS)),
            QT_TRANSLATE_NOOP(
                "core",
                "{0} against {1}: about a ninth by the paper's own table 1. Its two auxiliary "
                "classifiers, which are left out after training, would make it {2}.",
            ),
            (
                (Count("alexnet_2012", Q.PARAMETERS), Printed("1 M")),
                (Count(_OF_GOOGLENET, Q.PARAMETERS), Printed("1 M")),
                (Count(_OF_GOOGLENET, Q.PARAMETERS, auxiliary=True), Printed("1 M")),
            ),
            slide="1/12",
        ),
        Line(
            "GoogLeNet",
            MULTIPLY_ADDS,
            Printed("1.5 G"),
            "§1",
            Count(_OF_GOOGLENET, Q.MULTIPLY_ADDS),
            QT_TRANSLATE_NOOP(
                "core",
                "The sum of table 1, which has 34 M for the first convolution; with a 7×7 kernel "
                "it has {0}.",
            ),
            ((Count(_OF_GOOGLENET, Q.MULTIPLY_ADDS, ("conv1",)), Printed("1 M")),),
        ),
        Line(
            "GoogLeNet",
            DEPTH,
            Printed("22"),
            "§5",
            Count(_OF_GOOGLENET, Q.DEPTH),
            QT_TRANSLATE_NOOP(
                "core",
                "On the longest way; a module counts two. There are {0} convolutions in all.",
            ),
            ((Count(_OF_GOOGLENET, Q.CONVOLUTIONS), Printed("1")),),
        ),
        Line(
            QT_TRANSLATE_NOOP("core", "seven networks"),
            TOP_5,
            Printed("6.67%"),
            QT_TRANSLATE_NOOP("core", "table 2"),
            reason=QT_TRANSLATE_NOOP(
                "core",
                "With 144 crops of each image; one network with one crop has 10.07% (table 3).",
            ),
        ),
    ),
    Target(step="model", tab="picture", models=(_OF_GOOGLENET,)),
    _GOOGLENET_GRID,
)

_INCEPTION_V3 = PaperTable(
    "inception_v3",
    "Inception v3",
    (
        Line(
            "Inception v3",
            PARAMETERS,
            Printed("< 25 M"),
            QT_TRANSLATE_NOOP("core", "abstract"),
            Count("inception_v3", Q.PARAMETERS),
            QT_TRANSLATE_NOOP(
                "core",
                "With the auxiliary classifier, which is left out after training, it is {0}.",
            ),
            ((Count("inception_v3", Q.PARAMETERS, auxiliary=True), Printed("1 M")),),
            slide="27.2 M",
        ),
        Line(
            "Inception v3",
            MULTIPLY_ADDS,
            Printed("5 G"),
            QT_TRANSLATE_NOOP("core", "abstract"),
            Count("inception_v3", Q.MULTIPLY_ADDS),
            QT_TRANSLATE_NOOP(
                "core",
                "For images of 299 pixels. Of the network as published, the NASNet paper prints "
                "5.72 G (table 2).",
            ),
            slide="5.7 G",
        ),
        Line(
            "Inception v3",
            DEPTH,
            Printed("42"),
            "§6",
            Count("inception_v3", Q.DEPTH),
            QT_TRANSLATE_NOOP(
                "core",
                "On the longest way: 5 convolutions, 42 in the eleven modules, and the linear "
                "layer. The paper says it of Inception v2, which v3 trains otherwise; it does not "
                "say how it counts.",
            ),
            slide="48",
        ),
        Line(
            QT_TRANSLATE_NOOP("core", "four networks"),
            TOP_5,
            Printed("3.58%"),
            QT_TRANSLATE_NOOP("core", "table 5"),
            reason=QT_TRANSLATE_NOOP("core", "With 144 crops of each image."),
        ),
    ),
    Target(step="model", tab="picture", models=("inception_v3",)),
)

_RESNET_FLOPS = ((18, "1.8 G"), (34, "3.6 G"), (50, "3.8 G"), (101, "7.6 G"), (152, "11.3 G"))


def _resnet_line(depth: int, printed: str) -> Line:
    name = f"resnet{depth}"
    as_printed = Count(name, Q.MULTIPLY_ADDS, stride_first=True)
    return Line(
        f"ResNet-{depth}",
        MULTIPLY_ADDS,
        Printed(printed),
        QT_TRANSLATE_NOOP("core", "table 1"),
        Count(name, Q.MULTIPLY_ADDS),
        QT_TRANSLATE_NOOP(
            "core",
            "torchvision gives a bottleneck's stride to its 3×3; in its first 1×1, as in the "
            "paper, it is {0}.",
        )
        if depth >= 50
        else "",
        ((as_printed, Printed(printed)),) if depth >= 50 else (),
        slide={50: "4.1 G", 101: "7.8 G", 152: "11.5 G"}.get(depth, ""),
    )


_RESNET = PaperTable(
    "resnet",
    "ResNet",
    (
        *(_resnet_line(*row) for row in _RESNET_FLOPS),
        Line(
            "ResNet-18",
            DEPTH,
            Printed("18"),
            QT_TRANSLATE_NOOP("core", "table 1"),
            Count("resnet18", Q.DEPTH),
            QT_TRANSLATE_NOOP(
                "core",
                "{0} blocks of two convolutions, the first convolution and one linear layer: "
                "17 + 1. With those in the shortcuts there are {1} convolutions.",
            ),
            (
                (Count("resnet18", Q.BLOCKS), Printed("1")),
                (Count("resnet18", Q.CONVOLUTIONS), Printed("1")),
            ),
        ),
        Line(
            QT_TRANSLATE_NOOP("core", "six networks"),
            TOP_5,
            Printed("3.57%"),
            QT_TRANSLATE_NOOP("core", "table 5"),
            reason=QT_TRANSLATE_NOOP(
                "core", "ResNet-152 alone has 4.49% on the validation images (table 4)."
            ),
        ),
    ),
    Target(step="model", tab="picture", models=("resnet18",)),
)

_CIFAR = ((20, "0.27 M"), (32, "0.46 M"), (44, "0.66 M"), (56, "0.85 M"), (110, "1.7 M"))
_RESNET_CIFAR = PaperTable(
    "resnet_cifar",
    "ResNet · CIFAR-10",
    (
        *(
            Line(
                f"ResNet-{depth}",
                PARAMETERS,
                Printed(printed),
                QT_TRANSLATE_NOOP("core", "table 6"),
                Count(f"resnet{depth}", Q.PARAMETERS, classes=10),
            )
            for depth, printed in _CIFAR
        ),
        Line(
            "ResNet-110",
            QT_TRANSLATE_NOOP("core", "Error, test images"),
            Printed("6.43%"),
            QT_TRANSLATE_NOOP("core", "table 6"),
            reason=QT_TRANSLATE_NOOP("core", "The best of five runs; they average 6.61%."),
        ),
    ),
    Target(step="model", tab="picture", models=("resnet20",)),
)

_RESNEXT = PaperTable(
    "resnext",
    "ResNeXt",
    (
        Line(
            "ResNet-50",
            MULTIPLY_ADDS,
            Printed("4.1 G"),
            QT_TRANSLATE_NOOP("core", "table 1"),
            Count("resnet50", Q.MULTIPLY_ADDS),
            QT_TRANSLATE_NOOP(
                "core",
                "The ResNet paper prints 3.8 G; here the stride is in the 3×3, as in torchvision.",
            ),
        ),
        Line(
            "ResNeXt-50 (32×4d)",
            MULTIPLY_ADDS,
            Printed("4.2 G"),
            QT_TRANSLATE_NOOP("core", "table 1"),
            Count("resnext50_32x4d", Q.MULTIPLY_ADDS),
        ),
        Line(
            "ResNet-50",
            PARAMETERS,
            Printed("25.5 M"),
            QT_TRANSLATE_NOOP("core", "table 1"),
            Count("resnet50", Q.PARAMETERS),
        ),
        Line(
            "ResNeXt-50 (32×4d)",
            PARAMETERS,
            Printed("25.0 M"),
            QT_TRANSLATE_NOOP("core", "table 1"),
            Count("resnext50_32x4d", Q.PARAMETERS),
        ),
    ),
    Target(step="model", tab="picture", models=("resnext50_32x4d",)),
)

_DENSENET = PaperTable(
    "densenet",
    "DenseNet",
    (
        Line(
            "DenseNet-121",
            DEPTH,
            Printed("121"),
            QT_TRANSLATE_NOOP("core", "table 1"),
            Count("densenet121", Q.DEPTH),
            QT_TRANSLATE_NOOP("core", "{0} convolutions and one linear layer."),
            ((Count("densenet121", Q.CONVOLUTIONS), Printed("1")),),
        ),
        Line(
            "DenseNet-121",
            QT_TRANSLATE_NOOP("core", "Growth rate"),
            Printed("32"),
            QT_TRANSLATE_NOOP("core", "table 1"),
            Count("densenet121", Q.MAPS, ("features.denseblock1.denselayer1.conv2",)),
            QT_TRANSLATE_NOOP("core", "Maps that each layer adds to those before it."),
        ),
        Line(
            "DenseNet-201",
            PARAMETERS,
            Printed("20 M"),
            "§4.4",
            Count("densenet201", Q.PARAMETERS),
        ),
    ),
    Target(step="model", tab="picture", models=("densenet121",)),
)

_SQUEEZENET = PaperTable(
    "squeezenet",
    "SqueezeNet",
    (
        Line(
            "SqueezeNet 1.0",
            PARAMETERS,
            Printed("1,248,424"),
            QT_TRANSLATE_NOOP("core", "table 1"),
            Count("squeezenet1_0", Q.PARAMETERS),
        ),
        Line(
            "AlexNet : SqueezeNet",
            PARAMETERS,
            Printed("50×"),
            QT_TRANSLATE_NOOP("core", "title"),
            Count("alexnet_2012", Q.PARAMETERS, per=Count("squeezenet1_0", Q.PARAMETERS)),
            QT_TRANSLATE_NOOP("core", "The paper divides the files' sizes, 240 MB by 4.8 MB."),
        ),
    ),
    Target(step="model", tab="picture", models=("squeezenet1_0",)),
)

_MOBILENET = PaperTable(
    "mobilenet_v1",
    "MobileNet v1",
    (
        Line(
            "1.0 MobileNet-224",
            MULTIPLY_ADDS,
            Printed("569 M"),
            QT_TRANSLATE_NOOP("core", "table 8"),
            Count("mobilenetv1_100", Q.MULTIPLY_ADDS),
        ),
        Line(
            "1.0 MobileNet-224",
            PARAMETERS,
            Printed("4.2 M"),
            QT_TRANSLATE_NOOP("core", "table 8"),
            Count("mobilenetv1_100", Q.PARAMETERS),
        ),
    ),
    Target(step="model", tab="picture", models=("mobilenetv1_100",)),
)

_SHUFFLE_GROUPS = ((1, "143 M"), (2, "140 M"), (3, "137 M"), (4, "133 M"), (8, "137 M"))
_SHUFFLENET = PaperTable(
    "shufflenet_v1",
    "ShuffleNet v1",
    tuple(
        Line(
            f"ShuffleNet 1× (g = {groups})",
            MULTIPLY_ADDS,
            Printed(printed),
            QT_TRANSLATE_NOOP("core", "table 1"),
            Count(f"shufflenet_v1_g{groups}_x1_0", Q.MULTIPLY_ADDS, without=("fc",)),
            QT_TRANSLATE_NOOP(
                "core",
                "All are without the last, linear layer; with it, those of four and eight groups "
                "do not come out.",
            )
            if groups == 1
            else "",
        )
        for groups, printed in _SHUFFLE_GROUPS
    ),
    Target(step="model", tab="picture", models=("shufflenet_v1_g3_x1_0",)),
)

_SENET = PaperTable(
    "senet",
    "SENet",
    (
        Line(
            "SE-ResNet-50 − ResNet-50",
            PARAMETERS,
            Printed("2.5 M"),
            "§4",
            Count("se_resnet50", Q.PARAMETERS, beyond=Count("resnet50", Q.PARAMETERS)),
            QT_TRANSLATE_NOOP("core", "A tenth of ResNet-50."),
        ),
        Line(
            "ResNet-50",
            MULTIPLY_ADDS,
            Printed("3.86 G"),
            "§4",
            Count("resnet50", Q.MULTIPLY_ADDS, stride_first=True),
            QT_TRANSLATE_NOOP("core", "With the stride in the first 1×1; torchvision's has {0}."),
            ((Count("resnet50", Q.MULTIPLY_ADDS), Printed("1 G")),),
        ),
        Line(
            "SE-ResNet-50",
            MULTIPLY_ADDS,
            Printed("3.87 G"),
            "§4",
            Count("se_resnet50", Q.MULTIPLY_ADDS, stride_first=True),
            QT_TRANSLATE_NOOP(
                "core",
                "The added layers are less than a thousandth; with a product for each value that "
                "is weighed it is two thousandths. The paper says 0.26%.",
            ),
        ),
        Line(
            QT_TRANSLATE_NOOP("core", "several networks"),
            TOP_5,
            Printed("2.251%"),
            QT_TRANSLATE_NOOP("core", "abstract"),
            reason=QT_TRANSLATE_NOOP("core", "The winner of 2017, the last challenge."),
        ),
    ),
    Target(step="model", tab="picture", models=("se_resnet50",)),
)

PAPERS: tuple[PaperTable, ...] = (
    _LENET,
    _ALEXNET,
    _VGG,
    _GOOGLENET,
    _RESNET,
    _RESNET_CIFAR,
    _INCEPTION_V3,
    _SQUEEZENET,
    _DENSENET,
    _RESNEXT,
    _MOBILENET,
    _SHUFFLENET,
    _SENET,
)
_BY_ID = {table.id: table for table in PAPERS}


def find_paper(name: str) -> PaperTable | None:
    """The table with this id; None where there is none."""
    return _BY_ID.get(name)
